/** The four languages that grep's patterns are written in. */
export type RegexKind = 'basic' | 'extended' | 'fixed' | 'perl';

const SPECIAL = new Set('.[]()*+?{}|^$\\/');
const literal = (character: string): string => (SPECIAL.has(character) ? `\\${character}` : character);

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  print: '\\x20-\\x7e',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
  xdigit: '0-9A-Fa-f',
};

/** A POSIX regular expression with GNU's additions (`\<`, `\|` in a basic one) as JavaScript's. */
export function toJavaScript(pattern: string, kind: RegexKind): string {
  if (kind === 'perl') {
    return pattern;
  }
  return kind === 'fixed' ? Array.from(pattern, literal).join('') : new Translation(pattern, kind === 'basic').run();
}

class Translation {
  #at = 0;
  #out = '';

  constructor(
    private readonly pattern: string,
    private readonly isBasic: boolean,
  ) {}

  run(): string {
    while (this.#at < this.pattern.length) {
      const character = this.pattern.charAt(this.#at);
      if (character === '[') {
        this.#out += this.#bracket();
      } else if (character === '\\') {
        this.#out += this.#escape(this.pattern.charAt(this.#at + 1));
        this.#at += 2;
      } else {
        this.#out += this.#plain(character);
        this.#at += 1;
      }
    }
    return this.#out;
  }

  /** Nothing stands before it that could be repeated. */
  get #isAtStart(): boolean {
    return this.#out === '' || /(?:^|[^\\])[(|^]$/.test(this.#out);
  }

  #plain(character: string): string {
    if (character === '*' && this.#isAtStart) {
      return '\\*';
    }
    if (!this.isBasic) {
      const isInterval = character === '{' && !/^\{\d*,?\d*\}/.test(this.pattern.slice(this.#at));
      return isInterval ? '\\{' : character === '/' ? '\\/' : character;
    }
    if (character === '^') {
      return this.#isAtStart ? '^' : '\\^';
    }
    if (character === '$') {
      const after = this.pattern.slice(this.#at + 1);
      return after === '' || after.startsWith('\\)') || after.startsWith('\\|') ? '$' : '\\$';
    }
    return '.*'.includes(character) ? character : literal(character);
  }

  #escape(character: string): string {
    if (this.isBasic && '(){}|+?'.includes(character)) {
      return character;
    }
    if (character === '<' || character === '>') {
      return '\\b';
    }
    return /[wWsSbB1-9]/.test(character) ? `\\${character}` : literal(character);
  }

  /** `[^[:alpha:]_-]`: a backslash in it is one. */
  #bracket(): string {
    const end = this.#endOfBracket();
    if (end === -1) {
      this.#at += 1;
      return '\\[';
    }
    const whole = this.pattern.slice(this.#at, end + 1);
    const isNot = whole.charAt(1) === '^' ? '^' : '';
    const members = whole.slice(1 + isNot.length, -1);
    this.#at += whole.length;
    const inside = members.replaceAll(
      /\[:(\w+):\]|([\\\][])/g,
      (_found, name: string | undefined, other: string | undefined) =>
        name === undefined ? `\\${other ?? ''}` : (CLASSES[name] ?? ''),
    );
    return `[${isNot}${inside}]`;
  }

  /** A `]` at the very beginning is a member, and those of `[:alpha:]` belong to it. */
  #endOfBracket(): number {
    let at = this.#at + 1;
    at += this.pattern.charAt(at) === '^' ? 1 : 0;
    at += this.pattern.charAt(at) === ']' ? 1 : 0;
    while (at < this.pattern.length && this.pattern.charAt(at) !== ']') {
      const isClass = this.pattern.startsWith('[:', at);
      at = isClass ? Math.max(at, this.pattern.indexOf(':]', at) + 1) + 1 : at + 1;
    }
    return at < this.pattern.length ? at : -1;
  }
}
