import type { ProgramContext } from '../programs/program';
import type { HostInside, Output } from '../host/inside';
import type { ContainerRecord } from '../docker/engine';
import { componentOf } from '../docker/images';
import { quoteAll } from '../shell/quote';
import { boxImageOf, DEIS_BASE, hasCommand } from './boxImages';
import { describeCeph, viewCeph } from './ceph';

interface Client {
  readonly context: ProgramContext;
  readonly readsInput: boolean;
  readonly hasTerminal: boolean;
}

/** A command inside a running container; its exit code. Beyond the system's own tools only what Deis's units and runbooks run there. */
export async function runInside(
  inside: HostInside,
  record: ContainerRecord,
  command: readonly string[],
  { context, readsInput, hasTerminal }: Client,
): Promise<number> {
  const [program = '', ...args] = command;
  const component = componentOf(record.image);
  const name = program.replace(/^.*\//, '');
  if (name === 'true' || (component === 'builder' && name === 'push-images')) {
    return 0;
  }
  if (name === 'ceph' && component?.startsWith('store-') === true) {
    return await ceph(inside, args, context);
  }
  if (!hasCommand(boxImageOf(record.image) ?? DEIS_BASE, program)) {
    context.stderr(
      `rpc error: code = 2 desc = "oci runtime error: exec failed: exec: \\"${program}\\": executable file not found in $PATH"\n`,
    );
    return 126;
  }
  const box = inside.docker.boxOf(record);
  const environment = { ...box.environment, ...record.environment, ...(hasTerminal ? { TERM: 'xterm' } : {}) };
  const options = { user: 'root' as const, environment, workingDirectory: record.workingDirectory ?? '/' };
  const script = quoteAll(command);
  return context.session === undefined
    ? await box.shell.start(script, { ...options, signal: context.signal }, context)
    : await context.session.startIn(box.shell, script, { ...options, readsInput, hasTerminal });
}

/** Without a quorum of monitors Ceph's client only waits, until it gives up after five minutes. */
async function ceph(inside: HostInside, args: readonly string[], output: Output): Promise<number> {
  const view = viewCeph(inside);
  if (!view.hasQuorum) {
    await inside.kernel.timeline.sleep(300_000, inside.host.power);
    output.stderr('monclient(hunting): authenticate timed out after 300\nError connecting to cluster: TimedOut\n');
    return 1;
  }
  const { health, status } = describeCeph(view);
  switch (args.join(' ')) {
    case 'health':
      output.stdout(`${health}\n`);
      return 0;
    case '-s':
    case 'status':
      output.stdout(status);
      return 0;
    default:
      output.stderr('no valid command found\nError EINVAL: invalid command\n');
      return 22;
  }
}
