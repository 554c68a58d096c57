import type { FileTree } from '../files/tree';

interface Context {
  readonly tree: FileTree;
  /** Through the ledger. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  readonly signal: AbortSignal;
  stdout(text: string): void;
}

/**
 * Commands that unit files use all the time and that need no shell: run here they cost nothing. Undefined means "not one of
 * these, or with options that only the real tool knows".
 */
export function runPlain(argv: readonly string[], context: Context): Promise<number> | undefined {
  const name = (argv[0] ?? '').replace(/^.*\//, '');
  const args = argv.slice(1);
  switch (name) {
    case 'true':
      return Promise.resolve(0);
    case 'false':
      return Promise.resolve(1);
    case 'echo':
      return args[0]?.startsWith('-') === true ? undefined : echo(args, context);
    case 'mkdir':
      return args[0] === '-p' ? makeDirectories(args.slice(1), context) : undefined;
    case 'sleep':
      return sleep(args, context);
    case 'tail':
      return args.join(' ') === '-f /dev/null' ? untilSignal(context.signal) : undefined;
    default:
      return undefined;
  }
}

function echo(args: readonly string[], context: Context): Promise<number> {
  context.stdout(`${args.join(' ')}\n`);
  return Promise.resolve(0);
}

function makeDirectories(paths: readonly string[], context: Context): Promise<number> | undefined {
  if (paths.some((path) => !path.startsWith('/'))) {
    return undefined;
  }
  for (const path of paths) {
    context.tree.makeDirectory(path);
  }
  return Promise.resolve(0);
}

async function sleep(args: readonly string[], context: Context): Promise<number> {
  const [text = ''] = args;
  if (text === 'infinity') {
    return await untilSignal(context.signal);
  }
  const match = /^([0-9.]+)([smhd]?)$/.exec(text);
  const factor = { s: 1, m: 60, h: 3600, d: 86_400 }[match?.[2] ?? 's'] ?? 1;
  const seconds = Number(match?.[1]) * factor;
  if (Number.isNaN(seconds)) {
    return 1;
  }
  try {
    await context.sleep(seconds * 1000, context.signal);
    return 0;
  } catch {
    return 143; // Ended by a signal.
  }
}

const untilSignal = (signal: AbortSignal): Promise<number> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve(143);
      return;
    }
    signal.addEventListener('abort', () => resolve(143), { once: true });
  });
