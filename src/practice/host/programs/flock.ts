import type { Program, ProgramContext } from '../../programs/program';
import { insideOf } from '../inside';
import type { HostInside } from '../inside';
import { parseOptions } from './options';
import { runWords } from './runWords';

/** Who holds which lock file, by node; the others wait in order. */
const queues = new WeakMap<HostInside, Map<string, Promise<void>>>();

/** `flock [-n] [-w SECONDS] FILE COMMAND…`: how Deis's units keep two pulls of one base image apart (facts/deisctl.md §6). */
export const flock: Program = {
  name: 'flock',
  directory: '/usr/bin',
  async run(context) {
    const options = parseOptions(context.args, {
      stopsAtWord: true,
      flags: {
        '-n': 'fail',
        '--nonblock': 'fail',
        '-x': 'exclusive',
        '-e': 'exclusive',
        '-s': 'shared',
        '-o': 'close',
      },
      values: { '-w': 'wait', '--timeout': 'wait', '-E': 'code' },
    });
    const [file = '', ...command] = options.words;
    const script = command[0] === '-c' ? command[1] : undefined;
    if (file === '' || command.length === 0) {
      context.stderr('flock: requires a file, a directory or a descriptor, and a command\n');
      return 64;
    }
    const inside = insideOf(context.host);
    inside.tree.write(file, inside.tree.text(file) ?? '');
    const release = await acquire(
      context,
      file,
      options.flags.has('fail') ? 0 : Number(options.values.get('wait')?.at(-1) ?? Infinity),
    );
    if (release === undefined) {
      return 1;
    }
    try {
      return await runWords(context, script === undefined ? command : ['/bin/sh', '-c', script]);
    } finally {
      release();
    }
  },
};

/** Undefined when the lock was not to be had in time. */
async function acquire(context: ProgramContext, file: string, seconds: number): Promise<(() => void) | undefined> {
  const inside = insideOf(context.host);
  const locks = queues.get(inside) ?? new Map<string, Promise<void>>();
  queues.set(inside, locks);
  const path = inside.realPath(file);
  const ahead = locks.get(path);
  if (ahead !== undefined && seconds === 0) {
    return undefined;
  }
  let release: () => void = () => undefined;
  const mine = new Promise<void>((resolve) => (release = resolve));
  const all = (ahead ?? Promise.resolve()).then(() => mine);
  locks.set(path, all);
  void all.then(() => {
    if (locks.get(path) === all) {
      locks.delete(path);
    }
  });
  const isMine = ahead === undefined || (await waitAtMost(context, ahead, seconds));
  if (!isMine) {
    release();
    return undefined;
  }
  return release;
}

async function waitAtMost(context: ProgramContext, ahead: Promise<void>, seconds: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const cancel = Number.isFinite(seconds)
      ? context.timeline.every(seconds * 1000, () => resolve(false))
      : (): void => undefined;
    const finish = (isMine: boolean): void => {
      cancel();
      resolve(isMine);
    };
    void ahead.then(() => finish(true));
    context.signal.addEventListener('abort', () => finish(false), { once: true });
  });
}
