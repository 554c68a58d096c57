/** readline's incremental search backwards through what was typed before (Ctrl-R). */
export class HistorySearch {
  #query = '';
  #index: number;
  #hasFailed = false;

  constructor(private readonly history: readonly string[]) {
    this.#index = history.length;
  }

  get prompt(): string {
    return `(${this.#hasFailed ? 'failed ' : ''}reverse-i-search)\`${this.#query}': `;
  }

  /** The line that was found last; empty before anything was. */
  get match(): string {
    return this.history[this.#index] ?? '';
  }

  /** Where in the match the cursor stands. */
  get position(): number {
    return Math.max(0, this.match.lastIndexOf(this.#query));
  }

  type(text: string): void {
    this.#query += text;
    this.#find(this.#index);
  }

  erase(): void {
    this.#query = this.#query.slice(0, -1);
    this.#hasFailed = false;
    this.#find(this.history.length - 1);
  }

  /** The one before: Ctrl-R again. */
  further(): void {
    this.#find(this.#index - 1);
  }

  #find(from: number): void {
    if (this.#query === '') {
      return;
    }
    for (let index = Math.min(from, this.history.length - 1); index >= 0; index -= 1) {
      if (this.history[index]?.includes(this.#query) === true) {
        this.#index = index;
        this.#hasFailed = false;
        return;
      }
    }
    this.#hasFailed = true;
  }
}
