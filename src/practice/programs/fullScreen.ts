import type { ProgramContext } from './program';
import { follow } from '../shell/abort';

interface Show {
  readonly count: number;
  readonly delay: number;
  /** The key that ends it; empty for none but Ctrl-C. */
  readonly endsOn: string;
  paint(rows: number, columns: number): string | Promise<string>;
}

/** Paints a screen again and again until a key or Ctrl-C ends it. */
export async function fullScreen(context: ProgramContext, show: Show): Promise<void> {
  const terminal = context.session?.terminal ?? { rows: 24, columns: 80, name: 'dumb' };
  const stop = follow([context.signal]);
  terminal.isRaw = true;
  context.stdout('\x1b[?25l\x1b[H\x1b[2J');
  // The end of the command is the end of its input, and of whoever still reads it.
  void endOnKey(context, show.endsOn).finally(() => stop.abort());
  try {
    for (let turn = 0; turn < show.count && !stop.signal.aborted; turn += 1) {
      const screen = await show.paint(terminal.rows, terminal.columns);
      const lines = screen.split('\n').slice(0, terminal.rows - 1);
      context.stdout(`\x1b[H${lines.map((line) => `${line.slice(0, terminal.columns)}\x1b[K`).join('\n')}\x1b[J`);
      await context.timeline.sleep(show.delay, stop.signal).catch(() => undefined);
    }
  } finally {
    stop.release();
    terminal.isRaw = false;
    context.stdout(`\x1b[${terminal.rows};1H\x1b[?25h\n`);
  }
}

async function endOnKey({ session }: ProgramContext, key: string): Promise<void> {
  try {
    let keys = await session?.readSome();
    while (keys !== undefined && (key === '' || !Buffer.from(keys).includes(key))) {
      keys = await session?.readSome();
    }
  } catch {
    // Interrupted: that ends it too.
  }
}
