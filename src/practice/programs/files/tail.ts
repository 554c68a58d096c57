import type { ProgramContext } from '../program';
import { resolvePath } from '../../host/files/path';
import { parseOptions } from '../../host/programs/options';
import { quoteAll } from '../../shell/quote';
import { program } from '../program';

/** How often `tail -f` looks (coreutils' --sleep-interval). */
const LOOK_MS = 1000;

interface Wish {
  readonly count: number;
  readonly fromStart: boolean;
  readonly isBytes: boolean;
}

async function tail(context: ProgramContext): Promise<number> {
  const args = context.args.map((arg) => (/^-\d+$/.test(arg) ? `-n${arg.slice(1)}` : arg));
  const { flags, values, words, unknown } = parseOptions(args, {
    flags: {
      '-f': 'follow',
      '--follow': 'follow',
      '-F': 'follow',
      '-q': 'quiet',
      '--quiet': 'quiet',
      '-v': 'verbose',
      '--retry': 'retry',
    },
    values: { '-n': 'lines', '--lines': 'lines', '-c': 'bytes', '--bytes': 'bytes', '-s': 'sleep', '--pid': 'pid' },
  });
  if (unknown !== undefined) {
    context.stderr(
      `tail: invalid option -- '${unknown.replace(/^-+/, '')}'\nTry 'tail --help' for more information.\n`,
    );
    return 1;
  }
  const amount = values.get('bytes')?.at(-1) ?? values.get('lines')?.at(-1) ?? '10';
  const wish: Wish = {
    count: Math.abs(Number(amount)),
    fromStart: amount.startsWith('+'),
    isBytes: values.has('bytes'),
  };
  if (words.length === 0) {
    const text = context.stdin === '' ? ((await context.session?.readStdin()) ?? '') : context.stdin;
    context.stdout(end(text, wish));
    return 0;
  }
  const isTitled = (words.length > 1 || flags.has('verbose')) && !flags.has('quiet');
  let code = 0;
  const known = new Map<string, number>();
  for (const [index, word] of words.entries()) {
    const { stdout, stderr, exitCode } = await context.run(`cat -- ${quoteAll([word])}`, {
      user: context.user,
      stdin: context.stdin,
    });
    if (exitCode !== 0) {
      context.stderr(stderr.replace(/^cat: ([^:]*):/, "tail: cannot open '$1' for reading:"));
      code = 1;
      continue;
    }
    known.set(word, stdout.length);
    context.stdout(`${isTitled ? `${index > 0 ? '\n' : ''}==> ${word} <==\n` : ''}${end(stdout, wish)}`);
  }
  return flags.has('follow') && known.size > 0 ? await follow(context, known) : code;
}

function end(text: string, { count, fromStart, isBytes }: Wish): string {
  if (isBytes) {
    return fromStart ? text.slice(count - 1) : count === 0 ? '' : text.slice(-count);
  }
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return (fromStart ? lines.slice(Math.max(0, count - 1)) : count === 0 ? [] : lines.slice(-count)).join('');
}

/** Until Ctrl-C or a hang-up. */
async function follow(context: ProgramContext, known: Map<string, number>): Promise<number> {
  const { host, timeline, signal } = context;
  await new Promise<void>((resolve) => {
    const cancel = timeline.every(LOOK_MS, () => {
      for (const [word, seen] of known) {
        host.files.readFile(resolvePath(context.workingDirectory, word)).then(
          (text) => {
            if (!signal.aborted && text.length !== seen) {
              known.set(word, text.length);
              context.stdout(text.slice(text.length < seen ? 0 : seen));
            }
          },
          () => undefined, // Removed: what comes in its place is followed.
        );
      }
    });
    signal.addEventListener(
      'abort',
      () => {
        cancel();
        resolve();
      },
      { once: true },
    );
  });
  return 130;
}

export const tailPrograms = [program('tail', tail)];
