interface Snapshot {
  readonly lines: readonly string[];
  readonly row: number;
  readonly column: number;
}

/** The text that is edited, and where the cursor is. */
export class Buffer {
  lines: string[];
  row = 0;
  column = 0;
  isChanged = false;
  readonly #past: Snapshot[] = [];
  readonly #future: Snapshot[] = [];

  constructor(text: string) {
    this.lines = text === '' ? [''] : text.replace(/\n$/, '').split('\n');
  }

  get text(): string {
    return this.lines.length === 1 && this.lines[0] === '' ? '' : `${this.lines.join('\n')}\n`;
  }

  get line(): string {
    return this.lines[this.row] ?? '';
  }

  set line(text: string) {
    this.lines[this.row] = text;
    this.isChanged = true;
  }

  /** Before a change: what `u` brings back. */
  remember(): void {
    this.#past.push(this.#now());
    this.#future.splice(0);
  }

  undo(): boolean {
    return this.#step(this.#past, this.#future);
  }

  redo(): boolean {
    return this.#step(this.#future, this.#past);
  }

  /** Keeps the cursor in the text; in insert mode it may stand behind the last character. */
  moveTo(row: number, column: number, mayBeBehind = false): void {
    this.row = Math.max(0, Math.min(this.lines.length - 1, row));
    const last = this.line.length - (mayBeBehind ? 0 : 1);
    this.column = Math.max(0, Math.min(last, column));
  }

  insert(text: string): void {
    const [first = '', ...rest] = text.split('\n');
    const [before, after] = [this.line.slice(0, this.column), this.line.slice(this.column)];
    if (rest.length === 0) {
      this.line = before + first + after;
      this.column += first.length;
      return;
    }
    const last = rest.at(-1) ?? '';
    this.lines.splice(this.row, 1, before + first, ...rest.slice(0, -1), last + after);
    this.row += rest.length;
    this.column = last.length;
    this.isChanged = true;
  }

  /** Backspace in insert mode. */
  eraseBefore(): void {
    if (this.column > 0) {
      this.line = this.line.slice(0, this.column - 1) + this.line.slice(this.column);
      this.column -= 1;
    } else if (this.row > 0) {
      const own = this.line;
      this.lines.splice(this.row, 1);
      this.row -= 1;
      this.column = this.line.length;
      this.line += own;
    }
  }

  removeLines(from: number, count: number): string[] {
    const removed = this.lines.splice(from, count);
    if (this.lines.length === 0) {
      this.lines.push('');
    }
    this.isChanged = true;
    this.moveTo(from, 0);
    return removed;
  }

  insertLines(at: number, lines: readonly string[]): void {
    this.lines.splice(at, 0, ...lines);
    this.isChanged = true;
    this.moveTo(at, 0);
  }

  /** The next place of a pattern, round the end; false when there is none. */
  find(pattern: RegExp, isBackwards: boolean): boolean {
    const count = this.lines.length;
    for (let step = 0; step <= count; step += 1) {
      const row = (this.row + (isBackwards ? -step : step) + count * 2) % count;
      const places = [...(this.lines[row] ?? '').matchAll(pattern)].map(({ index }) => index);
      const fitting = places.filter((at) => step > 0 || (isBackwards ? at < this.column : at > this.column));
      const at = isBackwards ? fitting.at(-1) : fitting[0];
      if (at !== undefined) {
        this.moveTo(row, at);
        return true;
      }
    }
    return false;
  }

  #now(): Snapshot {
    return { lines: [...this.lines], row: this.row, column: this.column };
  }

  #step(from: Snapshot[], to: Snapshot[]): boolean {
    const wanted = from.pop();
    if (wanted === undefined) {
      return false;
    }
    to.push(this.#now());
    this.lines = [...wanted.lines];
    this.moveTo(wanted.row, wanted.column);
    this.isChanged = true;
    return true;
  }
}
