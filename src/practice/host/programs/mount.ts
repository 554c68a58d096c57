import type { Program, ProgramContext } from '../../programs/program';
import { viewCeph } from '../../containers/ceph';
import { insideOf } from '../inside';
import { parseOptions } from './options';

/** mount.ceph gives up after that long (`mount_timeout`). */
const MOUNT_TIMEOUT_MS = 60_000;
const LOOK_AGAIN_MS = 1000;
const MUST_BE_ROOT = 'mount: only root can do that\n';

/** `mount` alone lists; `mount -t ceph MON,MON:/ DIR` waits for a healthy Ceph (facts/deisctl.md §7, §9). */
export const mount: Program = {
  name: 'mount',
  directory: '/usr/bin',
  async run(context) {
    const options = parseOptions(context.args, {
      flags: { '-v': 'verbose', '-a': 'all', '-n': 'no-mtab' },
      values: { '-t': 'type', '-o': 'options' },
    });
    const inside = insideOf(context.host);
    if (options.words.length === 0) {
      context.stdout(listing(inside.tree.text('/proc/mounts') ?? ''));
      return 0;
    }
    if (context.user !== 'root') {
      context.stderr(MUST_BE_ROOT);
      return 1;
    }
    const [source = '', directory = ''] = options.words;
    if (options.values.get('type')?.at(-1) !== 'ceph') {
      context.stderr(`mount: unknown filesystem type '${options.values.get('type')?.at(-1) ?? ''}'\n`);
      return 32;
    }
    if (inside.tree.find(directory)?.kind !== 'directory') {
      context.stderr(`mount: mount point ${directory} does not exist\n`);
      return 32;
    }
    if (source === ':/' || !(await untilHealthy(context))) {
      context.stderr('mount error 5 = Input/output error\n');
      return 32;
    }
    inside.docker.mounts.push(`${source} ${directory} ceph rw,relatime,name=admin,secret=<hidden>,acl 0 0`);
    return 0;
  },
};

/** `SOURCE on TARGET type TYPE (OPTIONS)`. */
const listing = (mounts: string): string =>
  mounts
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([source = '', target = '', type = '', flags = '']) => `${source} on ${target} type ${type} (${flags})\n`)
    .join('');

function untilHealthy(context: ProgramContext): Promise<boolean> {
  const inside = insideOf(context.host);
  const isHealthy = (): boolean => {
    const view = viewCeph(inside);
    return view.hasQuorum && view.osdsUp > 0 && view.hasMetadata;
  };
  if (isHealthy()) {
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    const started = context.timeline.now();
    const finish = (result: boolean): void => {
      cancel();
      resolve(result);
    };
    const cancel = context.timeline.every(LOOK_AGAIN_MS, () => {
      if (isHealthy()) {
        finish(true);
      } else if (context.timeline.now() - started >= MOUNT_TIMEOUT_MS) {
        finish(false);
      }
    });
    context.signal.addEventListener('abort', () => finish(false), { once: true });
  });
}

export const umount: Program = {
  name: 'umount',
  directory: '/usr/bin',
  run(context) {
    const directory = context.args.find((arg) => !arg.startsWith('-')) ?? '';
    const { mounts } = insideOf(context.host).docker;
    const index = mounts.findIndex((line) => line.split(' ')[1] === directory);
    if (context.user !== 'root') {
      context.stderr(`umount: ${directory}: must be superuser to umount\n`);
      return Promise.resolve(32);
    }
    if (index < 0) {
      context.stderr(`umount: ${directory}: not mounted\n`);
      return Promise.resolve(32);
    }
    mounts.splice(index, 1);
    return Promise.resolve(0);
  },
};
