import type { ProgramContext } from '../kernel';

/** Paints a screen again and again until a key or Ctrl-C ends it. */
export async function fullScreen(
  context: ProgramContext,
  show: {
    readonly count: number;
    readonly delay: number;
    readonly endsOn: string;
    paint(rows: number, columns: number): string | Promise<string>;
  },
): Promise<void> {
  const terminal = context.session?.terminal;
  let isOver = false;
  const stop = new AbortController();
  const readKeys = async (): Promise<void> => {
    while (!isOver) {
      const keys = await context.session?.readSome();
      if (keys === undefined || (show.endsOn !== '' && Buffer.from(keys).includes(show.endsOn))) {
        break;
      }
    }
    stop.abort();
  };
  const setRaw = (isRaw: boolean): void => {
    if (terminal !== undefined) {
      terminal.isRaw = isRaw;
    }
  };
  setRaw(true);
  context.stdout('\x1b[?25l\x1b[H\x1b[2J');
  const keys = readKeys().catch(() => stop.abort());
  const end = (): void => stop.abort();
  context.signal.addEventListener('abort', end, { once: true });
  try {
    for (let turn = 0; turn < show.count && !stop.signal.aborted; turn += 1) {
      const screen = await show.paint(terminal?.rows ?? 24, terminal?.columns ?? 80);
      const cut = screen
        .split('\n')
        .slice(0, (terminal?.rows ?? 24) - 1)
        .map((line) => `${line.slice(0, terminal?.columns ?? 80)}\x1b[K`);
      context.stdout(`\x1b[H${cut.join('\n')}\x1b[J`);
      await context.timeline.sleep(show.delay, stop.signal).catch(() => undefined);
    }
  } finally {
    isOver = true;
    setRaw(false);
    context.signal.removeEventListener('abort', end);
    context.stdout(`\x1b[${terminal?.rows ?? 24};1H\x1b[?25h\n`);
    void keys;
  }
}
