import type { ProgramContext } from '../program';
import { resolvePath } from '../../host/files/path';
import { quoteAll } from '../../shell/quote';
import { program, refuse } from '../program';

/** A pager: page by page on a terminal, else as `cat`. */
async function less(context: ProgramContext): Promise<number> {
  const files = context.args.filter((arg) => !/^[-+]/.test(arg));
  const texts: string[] = [];
  for (const file of files) {
    const { stdout, exitCode } = await context.run(
      `cat -- ${quoteAll([resolvePath(context.workingDirectory, file)])}`,
      { user: context.user },
    );
    if (exitCode !== 0) {
      return refuse(context, `${file}: No such file or directory`);
    }
    texts.push(stdout);
  }
  const text = files.length === 0 ? context.stdin : texts.join('');
  const lines = text.replace(/\n$/, '').split('\n');
  const rows = context.session?.terminal?.rows ?? 24;
  if (!context.isTerminal || lines.length < rows) {
    context.stdout(text);
    return 0;
  }
  await page(context, lines);
  return 0;
}

async function page(context: ProgramContext, lines: readonly string[]): Promise<void> {
  const terminal = context.session?.terminal;
  if (terminal === undefined) {
    return;
  }
  terminal.isRaw = true;
  let top = 0;
  const paint = (): void => {
    const height = terminal.rows - 1;
    const isEnd = top + height >= lines.length;
    context.stdout(`\x1b[H\x1b[2J${lines.slice(top, top + height).join('\n')}\n${isEnd ? '\x1b[7m(END)\x1b[0m' : ':'}`);
  };
  try {
    while (!context.signal.aborted) {
      paint();
      const keys = Buffer.from((await context.session?.readSome()) ?? 'q').toString('utf8');
      const height = terminal.rows - 1;
      const last = Math.max(0, lines.length - height);
      if (keys.includes('q')) {
        break;
      }
      const step = /[ f]/.test(keys)
        ? height
        : /[\nj]/.test(keys)
          ? 1
          : keys.includes('k')
            ? -1
            : keys.includes('b')
              ? -height
              : 0;
      top = keys.includes('G') ? last : keys.includes('g') ? 0 : Math.max(0, Math.min(last, top + step));
    }
  } finally {
    terminal.isRaw = false;
    context.stdout('\r\x1b[K');
  }
}

export const pagerPrograms = [program('less', less), program('more', less)];
