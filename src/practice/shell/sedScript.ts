/** A script of sed, spelled so that the library reads it as sed does. */
export function sedScript(script: string): string {
  return new Scanner(script).all();
}

/** Goes through the commands of a script; only replacements and texts are changed. */
class Scanner {
  #at = 0;
  #result = '';

  constructor(private readonly script: string) {}

  all(): string {
    while (this.#at < this.script.length) {
      this.#while(/[\s;{}]/);
      this.#address();
      this.#command();
    }
    return this.#result;
  }

  #address(): void {
    for (;;) {
      this.#while(/[\d$,+~!\sI]/);
      if (this.#peek === '/') {
        this.#take(1);
        this.#part('/');
      } else if (this.#peek === '\\' && this.script.length > this.#at + 1) {
        const delimiter = this.script.charAt(this.#at + 1);
        this.#take(2);
        this.#part(delimiter);
      } else {
        return;
      }
    }
  }

  #command(): void {
    const name = this.#peek;
    if (name === '' || /[;{}]/.test(name)) {
      return;
    }
    this.#take(1);
    if (name === 's' || name === 'y') {
      const delimiter = this.#peek;
      this.#take(1);
      this.#part(delimiter);
      this.#part(delimiter, name === 's');
      this.#while(/[^;}\n]/);
    } else if (name === 'a' || name === 'i' || name === 'c') {
      this.#text();
    } else {
      this.#while(/[^;}\n]/);
    }
  }

  /** `i\text` in one line is `i text`. */
  #text(): void {
    const oneLine = /^\\(?=[^\n])/.exec(this.script.slice(this.#at));
    if (oneLine !== null) {
      this.#at += 1;
      this.#result += ' ';
    }
    for (let before = ''; this.#at < this.script.length && (this.#peek !== '\n' || before === '\\');) {
      before = this.#peek;
      this.#take(1);
    }
  }

  /** Up to a delimiter and with it. In a replacement the library takes one pair of backslashes for an escape, two for one backslash. */
  #part(delimiter: string, isReplacement = false): void {
    while (this.#at < this.script.length && this.#peek !== delimiter) {
      if (this.#peek !== '\\') {
        this.#take(1);
      } else {
        const pair = this.script.slice(this.#at, this.#at + 2);
        this.#result += isReplacement && pair === '\\\\' ? '\\\\\\\\' : pair;
        this.#at += 2;
      }
    }
    this.#take(1);
  }

  get #peek(): string {
    return this.script.charAt(this.#at);
  }

  #while(kind: RegExp): void {
    while (this.#at < this.script.length && kind.test(this.#peek)) {
      this.#take(1);
    }
  }

  #take(count: number): void {
    this.#result += this.script.slice(this.#at, this.#at + count);
    this.#at += count;
  }
}
