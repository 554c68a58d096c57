import { HistorySearch } from './historySearch';
import type { Key, KeyName } from './keys';

export interface Screen {
  write(text: string): void;
  readonly columns: number;
}

/** What a key did to the line; the session decides what follows. */
export type Edit = 'going on' | 'accepted' | 'interrupted' | 'closed' | 'complete' | 'clear screen';

const CLEAR_BELOW = '\x1b[J';

/** One editable line on a terminal, in the manner of readline's emacs mode. */
export class LineEditor {
  #text: string[] = [];
  #cursor = 0;
  #prompt = '';
  #killed = '';
  #historyIndex: number;
  #draft = '';
  /** The row of the cursor below the first row of the prompt. */
  #cursorRow = 0;
  #search: { readonly through: HistorySearch; readonly prompt: string; readonly text: string } | undefined;

  readonly #keys: Readonly<Record<KeyName, () => Edit>>;

  constructor(
    private readonly screen: Screen,
    private readonly history: string[],
  ) {
    this.#historyIndex = history.length;
    this.#keys = this.#bind();
  }

  get line(): string {
    return this.#text.join('');
  }

  get beforeCursor(): string {
    return this.#text.slice(0, this.#cursor).join('');
  }

  /** Begins a new line below what is on the screen. */
  begin(prompt: string, text = ''): void {
    this.#prompt = prompt;
    this.#text = Array.from(text);
    this.#cursor = this.#text.length;
    this.#historyIndex = this.history.length;
    this.#cursorRow = 0;
    this.redraw(true);
  }

  press(key: Key): Edit {
    if (this.#search !== undefined && this.#searches(key, this.#search.through)) {
      return 'going on';
    }
    if (key.kind === 'text') {
      this.insert(key.text);
      return 'going on';
    }
    return this.#keys[key.kind]();
  }

  insert(text: string): void {
    const characters = Array.from(text);
    const isAtEnd = this.#cursor === this.#text.length;
    this.#text.splice(this.#cursor, 0, ...characters);
    this.#cursor += characters.length;
    const room = this.screen.columns - ((visibleLength(this.#prompt) + this.#text.length) % this.screen.columns);
    if (isAtEnd && room < this.screen.columns && room > 0 && characters.length < room) {
      this.screen.write(text);
    } else {
      this.redraw();
    }
  }

  replace(text: string): void {
    this.#text = Array.from(text);
    this.#cursor = this.#text.length;
    this.redraw();
  }

  /** Paints prompt and line again, the cursor where it was. */
  redraw(isFresh = false): void {
    const { columns } = this.screen;
    const up = isFresh || this.#cursorRow === 0 ? '' : `\x1b[${this.#cursorRow}A`;
    const start = isFresh ? '' : `${up}\r${CLEAR_BELOW}`;
    const promptLength = visibleLength(this.#prompt);
    const total = promptLength + this.#text.length;
    const position = promptLength + this.#cursor;
    // After a full row the terminal's cursor waits at its end: a blank and a return bring it to the next one.
    const wrap = total > 0 && total % columns === 0 ? ' \r' : '';
    const rowsUp = Math.floor(total / columns) - Math.floor(position / columns);
    const column = position % columns;
    const back = `${rowsUp > 0 ? `\x1b[${rowsUp}A` : ''}\r${column > 0 ? `\x1b[${column}C` : ''}`;
    this.#cursorRow = Math.floor(position / columns);
    this.screen.write(
      `${start}${this.#prompt}${this.#text.join('')}${wrap}${position === total && wrap === '' ? '' : back}`,
    );
  }

  /** Leaves the line as it stands and goes below it. */
  leave(): void {
    const total = visibleLength(this.#prompt) + this.#text.length;
    const below = Math.floor(total / this.screen.columns) - this.#cursorRow;
    this.screen.write(`${below > 0 ? `\x1b[${below}B` : ''}\r\n`);
    this.#cursorRow = 0;
  }

  /** What each key does (readline's emacs bindings). */
  #bind(): Record<KeyName, () => Edit> {
    const going =
      (run: () => void): (() => Edit) =>
      () => {
        run();
        return 'going on';
      };
    const nothing = going(() => undefined);
    return {
      enter: () => {
        this.leave();
        return 'accepted';
      },
      interrupt: () => {
        this.screen.write('^C');
        this.leave();
        return 'interrupted';
      },
      endOfFile: () => {
        if (this.#text.length === 0) {
          return 'closed';
        }
        this.#delete(this.#cursor, this.#cursor + 1);
        return 'going on';
      },
      tab: () => 'complete',
      clear: () => 'clear screen',
      search: going(() => this.#beginSearch()),
      abort: nothing,
      suspend: nothing,
      quit: nothing,
      escape: nothing,
      left: going(() => this.#moveTo(this.#cursor - 1)),
      right: going(() => this.#moveTo(this.#cursor + 1)),
      home: going(() => this.#moveTo(0)),
      end: going(() => this.#moveTo(this.#text.length)),
      wordLeft: going(() => this.#moveTo(this.#wordStart())),
      wordRight: going(() => this.#moveTo(this.#wordEnd())),
      up: going(() => this.#recall(this.#historyIndex - 1)),
      down: going(() => this.#recall(this.#historyIndex + 1)),
      backspace: going(() => this.#backspace()),
      delete: going(() => this.#delete(this.#cursor, this.#cursor + 1)),
      killLine: going(() => this.#kill(0, this.#cursor)),
      killEnd: going(() => this.#kill(this.#cursor, this.#text.length)),
      killWord: going(() => this.#kill(this.#blankBefore(), this.#cursor)),
      yank: going(() => this.insert(this.#killed)),
      lastWord: going(() => this.insert(this.history.at(-1)?.split(' ').at(-1) ?? '')),
      swap: going(() => this.#swap()),
    };
  }

  #beginSearch(): void {
    this.#search = { through: new HistorySearch(this.history), prompt: this.#prompt, text: this.line };
    this.#showSearch(this.#search.through);
  }

  /** Whether the key belongs to the search; any other ends it with what was found and is then obeyed. */
  #searches(key: Key, search: HistorySearch): boolean {
    if (key.kind === 'text') {
      search.type(key.text);
    } else if (key.kind === 'backspace') {
      search.erase();
    } else if (key.kind === 'search') {
      search.further();
    } else {
      const before = this.#search?.text ?? '';
      const isKept = key.kind !== 'abort' && search.match !== '';
      this.#endSearch(isKept ? search.match : before, isKept ? search.position : before.length);
      return key.kind === 'escape' || key.kind === 'abort';
    }
    this.#showSearch(search);
    return true;
  }

  #showSearch(search: HistorySearch): void {
    this.#prompt = search.prompt;
    this.#text = Array.from(search.match);
    this.#cursor = search.position;
    this.redraw();
  }

  #endSearch(text: string, cursor: number): void {
    this.#prompt = this.#search?.prompt ?? this.#prompt;
    this.#search = undefined;
    this.#text = Array.from(text);
    this.#cursor = Math.min(cursor, this.#text.length);
    this.redraw();
  }

  #backspace(): void {
    if (this.#cursor === 0) {
      return;
    }
    const isAtEnd = this.#cursor === this.#text.length;
    const position = visibleLength(this.#prompt) + this.#cursor;
    this.#text.splice(this.#cursor - 1, 1);
    this.#cursor -= 1;
    if (isAtEnd && position % this.screen.columns !== 0) {
      this.screen.write('\b \b');
    } else {
      this.redraw();
    }
  }

  #delete(from: number, to: number): void {
    this.#text.splice(from, to - from);
    this.#cursor = Math.min(from, this.#text.length);
    this.redraw();
  }

  #kill(from: number, to: number): void {
    if (to > from) {
      this.#killed = this.#text.slice(from, to).join('');
      this.#delete(from, to);
    }
  }

  #swap(): void {
    const at = Math.min(this.#cursor, this.#text.length - 1);
    if (at < 1) {
      return;
    }
    const [pair] = [this.#text.slice(at - 1, at + 1).reverse()];
    this.#text.splice(at - 1, 2, ...pair);
    this.#cursor = at + 1;
    this.redraw();
  }

  #moveTo(position: number): void {
    this.#cursor = Math.max(0, Math.min(this.#text.length, position));
    this.redraw();
  }

  #recall(index: number): void {
    if (index < 0 || index > this.history.length || index === this.#historyIndex) {
      return;
    }
    if (this.#historyIndex === this.history.length) {
      this.#draft = this.line;
    }
    this.#historyIndex = index;
    this.replace(this.history[index] ?? this.#draft);
  }

  #wordStart(): number {
    let at = this.#cursor;
    while (at > 0 && !/\w/.test(this.#text[at - 1] ?? '')) at -= 1;
    while (at > 0 && /\w/.test(this.#text[at - 1] ?? '')) at -= 1;
    return at;
  }

  #wordEnd(): number {
    let at = this.#cursor;
    while (at < this.#text.length && !/\w/.test(this.#text[at] ?? '')) at += 1;
    while (at < this.#text.length && /\w/.test(this.#text[at] ?? '')) at += 1;
    return at;
  }

  #blankBefore(): number {
    let at = this.#cursor;
    while (at > 0 && this.#text[at - 1] === ' ') at -= 1;
    while (at > 0 && this.#text[at - 1] !== ' ') at -= 1;
    return at;
  }
}

/** Without colours. */
// eslint-disable-next-line no-control-regex -- escape sequences take no room
export const visibleLength = (text: string): number => Array.from(text.replaceAll(/\x1b\[[0-9;]*m/g, '')).length;
