import type { ContainerContext } from './context';

/** Stale addresses of a dead predecessor must have run out before a component says where it is (facts/deisctl.md §7). */
const BOOT_SLEEP_MS = 21_000;
const TTL_SECONDS = 20;
const PUBLISH_EVERY_MS = 10_000;

/** The lab's containers were stubs that ran at once (traces/README.md); so does one that had booted before a restart of ours. */
const isInstant = ({ kernel, isResumed }: ContainerContext): boolean => kernel.profile.name === 'lab' || isResumed;

export async function bootSleep(context: ContainerContext): Promise<void> {
  await work(context, BOOT_SLEEP_MS);
}

/** Some work that takes a while: slower when memory is short. */
export async function work(context: ContainerContext, ms: number): Promise<void> {
  if (!isInstant(context)) {
    await context.wait(ms * (1 + 2 * context.inside.resources.pressure));
  }
}

/** Keeps the component's address in etcd for as long as it runs; without quorum it just runs out. */
export async function publish(context: ContainerContext, keys: Readonly<Record<string, string>>): Promise<void> {
  const write = async (): Promise<void> => {
    for (const [key, value] of Object.entries(keys)) {
      await context.etcd.set(key, value, TTL_SECONDS);
    }
  };
  const tryToWrite = (): Promise<void> =>
    write().catch((error: unknown) => {
      if (!context.signal.aborted) {
        context.log(`publish: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  await tryToWrite();
  context.every(PUBLISH_EVERY_MS, () => void tryToWrite());
}

/** The address that a unit gives its container: `-e HOST=$COREOS_PRIVATE_IPV4`. */
export const hostAddress = ({ environment, host }: ContainerContext): string =>
  environment['HOST'] ?? host.privateAddress;

/** Settings with a default that a value set before survives (`etcdctl mk` in the boot scripts). */
export async function defaults(context: ContainerContext, keys: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, value] of Object.entries(keys)) {
    if (context.etcd.peek(key) === undefined) {
      await context.etcd.create(key, value);
    }
  }
}
