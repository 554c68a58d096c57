/** Cuts a stream of text into lines; the end of a line may come later than its beginning. */
export class LineSplitter {
  readonly #line: (text: string) => void;
  #rest = '';

  constructor(line: (text: string) => void) {
    this.#line = line;
  }

  push(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.#line(line);
    }
  }

  end(): void {
    if (this.#rest !== '') {
      this.#line(this.#rest);
      this.#rest = '';
    }
  }
}
