import type { Terminal } from '../program';
import type { Editor } from './editor';

/** What the terminal shows of an editor. */
export class Screen {
  #top = 0;

  constructor(
    private readonly editor: Editor,
    private readonly terminal: Terminal,
  ) {}

  paint(): string {
    const { buffer, mode, typed, message } = this.editor;
    const { columns } = this.terminal;
    const height = Math.max(1, this.terminal.rows - 1);
    this.#top = Math.min(Math.max(this.#top, buffer.row - height + 1), buffer.row);
    const rows = Array.from({ length: height }, (_unused, index) => {
      const line = buffer.lines[this.#top + index];
      return line === undefined ? '\x1b[94m~\x1b[0m' : visible(line).slice(0, columns);
    });
    const status = {
      normal: message,
      insert: '\x1b[1m-- INSERT --\x1b[0m',
      replace: '\x1b[1m-- REPLACE --\x1b[0m',
      command: `:${typed}`,
      search: `/${typed}`,
    }[mode];
    const place = `${buffer.row + 1},${buffer.column + 1}`;
    const ruler =
      mode === 'command' || mode === 'search' || message !== ''
        ? ''
        : `\x1b[${height + 1};${Math.max(1, columns - 17)}H${place}`;
    const cursor =
      mode === 'command' || mode === 'search'
        ? `\x1b[${height + 1};${typed.length + 2}H`
        : `\x1b[${buffer.row - this.#top + 1};${Math.min(columns, visible(buffer.line.slice(0, buffer.column)).length + 1)}H`;
    return `\x1b[?25l\x1b[H${rows.map((row) => `${row}\x1b[K`).join('\r\n')}\r\n${status}\x1b[K${ruler}${cursor}\x1b[?25h`;
  }
}

const visible = (line: string): string => line.replaceAll('\t', '        ');
