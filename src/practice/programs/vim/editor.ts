import { Buffer } from './buffer';
import type { Ending } from './commandLine';
import { obey, patternOf } from './commandLine';
import { motion } from './motions';

export type Mode = 'normal' | 'insert' | 'replace' | 'command' | 'search';

export interface Files {
  /** What was written, in vim's words, or why not. */
  write(path: string, text: string): Promise<{ readonly isDone: boolean; readonly words: string }>;
  read(path: string): Promise<string | undefined>;
}

const KEY = /^(?:\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|[\s\S])/; // eslint-disable-line no-control-regex -- keys are such sequences

/** A modal editor: what vim does with the keys that everybody knows. */
export class Editor {
  readonly buffer: Buffer;
  mode: Mode = 'normal';
  message = '';
  /** What is typed after `:` or `/`. */
  typed = '';
  isReadOnly = false;
  #pending = '';
  #register: { readonly text: string; readonly isLinewise: boolean } = { text: '', isLinewise: false };
  #search: { pattern: string; isBackwards: boolean } = { pattern: '', isBackwards: false };
  #lastChange = '';
  #recording: string | undefined;

  constructor(
    readonly path: string | undefined,
    text: string,
    readonly files: Files,
  ) {
    this.buffer = new Buffer(text);
  }

  /** Keys as a terminal sends them; what ends the editor, when one does. */
  async press(text: string): Promise<Ending | undefined> {
    for (let rest = text; rest !== '';) {
      const key = KEY.exec(rest)?.[0] ?? rest.charAt(0);
      rest = rest.slice(key.length);
      const ending = await this.#key(/^\x1bO[A-Z]$/.test(key) ? key.replace('O', '[') : key); // eslint-disable-line no-control-regex -- so do some terminals
      if (ending !== undefined) {
        return ending;
      }
    }
    return undefined;
  }

  async #key(key: string): Promise<Ending | undefined> {
    if (this.#recording !== undefined) {
      this.#recording += key;
    }
    switch (this.mode) {
      case 'insert':
      case 'replace':
        this.#insertKey(key);
        return undefined;
      case 'command':
      case 'search':
        return await this.#lineKey(key);
      case 'normal':
        return await this.#normalKey(key);
    }
  }

  #insertKey(key: string): void {
    const { buffer } = this;
    if (key === '\x1b' || key === '\x03') {
      this.mode = 'normal';
      buffer.moveTo(buffer.row, buffer.column - 1);
      this.#endChange();
    } else if (key === '\x7f' || key === '\b') {
      buffer.eraseBefore();
    } else if (key.startsWith('\x1b[')) {
      const target = motion(buffer, key, undefined);
      buffer.moveTo(target?.row ?? buffer.row, target?.column ?? buffer.column, true);
      if (key === '\x1b[3~') {
        buffer.line = buffer.line.slice(0, buffer.column) + buffer.line.slice(buffer.column + 1);
      }
    } else {
      const isOver = this.mode === 'replace' && key !== '\r' && key !== '\n';
      buffer.line = isOver ? buffer.line.slice(0, buffer.column) + buffer.line.slice(buffer.column + 1) : buffer.line;
      buffer.insert(key === '\r' ? '\n' : key);
    }
  }

  async #lineKey(key: string): Promise<Ending | undefined> {
    if (key === '\x1b' || key === '\x03' || (key === '\x7f' && this.typed === '')) {
      this.mode = 'normal';
      this.typed = '';
    } else if (key === '\x7f' || key === '\b') {
      this.typed = this.typed.slice(0, -1);
    } else if (key === '\r' || key === '\n') {
      const [text, isSearch] = [this.typed, this.mode === 'search'];
      this.typed = '';
      this.mode = 'normal';
      if (!isSearch) {
        return await obey(text, this);
      }
      this.#search.pattern = text === '' ? this.#search.pattern : text;
      this.#find(this.#search.isBackwards);
    } else if (!key.startsWith('\x1b')) {
      this.typed += key;
    }
    return undefined;
  }

  async #normalKey(key: string): Promise<Ending | undefined> {
    if (key === '\x1b' || key === '\x03') {
      this.message = key === '\x03' ? 'Type  :quit<Enter>  to exit Vim' : this.message;
      this.#pending = '';
      return undefined;
    }
    this.#pending += key;
    const { digits, rest: command } = counted(this.#pending);
    if (command === '' || isUnfinished(command)) {
      return undefined;
    }
    this.#pending = '';
    this.message = '';
    return await this.#command(command, digits === '' ? undefined : Number(digits));
  }

  async #command(command: string, count: number | undefined): Promise<Ending | undefined> {
    const { buffer } = this;
    const target = motion(buffer, command, count);
    if (target !== undefined) {
      buffer.moveTo(target.row, target.column);
      return undefined;
    }
    switch (command) {
      case ':':
        this.mode = 'command';
        return undefined;
      case '/':
      case '?':
        this.mode = 'search';
        this.#search.isBackwards = command === '?';
        return undefined;
      case 'n':
      case 'N':
        this.#find(this.#search.isBackwards !== (command === 'N'));
        return undefined;
      case 'u':
        this.message = buffer.undo() ? '' : 'Already at oldest change';
        return undefined;
      case '\x12':
        this.message = buffer.redo() ? '' : 'Already at newest change';
        return undefined;
      case 'ZZ':
        return await obey('x', this);
      case 'ZQ':
        return await obey('q!', this);
      case '.':
        return this.#lastChange === '' ? undefined : await this.press(this.#lastChange);
      case '\x06':
      case '\x04':
      case '\x02':
      case '\x15':
        buffer.moveTo(buffer.row + (command === '\x06' || command === '\x04' ? 20 : -20), buffer.column);
        return undefined;
      default:
        this.#change(command, count);
        return undefined;
    }
  }

  /** What changes the text: `u` takes it back, `.` does it again. */
  #change(command: string, count: number | undefined): void {
    const { buffer } = this;
    const isYank = command.startsWith('y');
    if (!isYank) {
      buffer.remember();
      this.#recording ??= `${count ?? ''}${command}`;
    }
    const times = count ?? 1;
    if (/^[dcy]/.test(command)) {
      this.#operate(command, count);
    } else if ('iaIAoORsSC'.includes(command)) {
      this.#startInsert(command, times);
    } else if (command === 'x' || command === 'X' || command === '\x1b[3~') {
      const from = command === 'X' ? Math.max(0, buffer.column - times) : buffer.column;
      this.#cut(from, command === 'X' ? buffer.column : buffer.column + times);
    } else if (command === 'D') {
      this.#cut(buffer.column, buffer.line.length);
    } else if (command === 'p' || command === 'P') {
      this.#put(command, times);
    } else if (command === 'J') {
      this.#join();
    } else if (command.startsWith('r')) {
      const { line, column } = buffer;
      buffer.line = line.slice(0, column) + command.slice(1) + line.slice(column + 1);
    } else if (command === '~') {
      const { line, column } = buffer;
      const letter = line.charAt(column);
      const other = letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
      buffer.line = line.slice(0, column) + other + line.slice(column + 1);
      buffer.moveTo(buffer.row, column + 1);
    } else if (command === '>>' || command === '<<') {
      buffer.line = command === '>>' ? `\t${buffer.line}` : buffer.line.replace(/^(?:\t| {1,8})/, '');
    }
    if (this.mode === 'normal' && !isYank) {
      this.#endChange();
    }
  }

  #endChange(): void {
    this.#lastChange = this.#recording ?? this.#lastChange;
    this.#recording = undefined;
  }

  #startInsert(command: string, times: number): void {
    const { buffer } = this;
    this.mode = command === 'R' ? 'replace' : 'insert';
    const { row, line } = buffer;
    switch (command) {
      case 'a':
        buffer.moveTo(row, buffer.column + 1, true);
        break;
      case 'I':
        buffer.moveTo(row, Math.max(0, line.search(/\S/)), true);
        break;
      case 'A':
        buffer.moveTo(row, line.length, true);
        break;
      case 'o':
      case 'O':
        buffer.insertLines(command === 'o' ? row + 1 : row, ['']);
        break;
      case 's':
        this.#cut(buffer.column, buffer.column + times);
        buffer.moveTo(row, buffer.column, true);
        break;
      case 'S':
        buffer.line = '';
        buffer.moveTo(row, 0);
        break;
      case 'C':
        this.#cut(buffer.column, line.length);
        buffer.moveTo(row, buffer.line.length, true);
        break;
    }
  }

  #operate(command: string, count: number | undefined): void {
    const { buffer } = this;
    const [operator, rest] = [command.charAt(0), command.slice(1)];
    const { digits, rest: keys } = counted(rest);
    const times = digits === '' ? count : Number(digits) * (count ?? 1);
    if (keys === operator) {
      this.#operateOnLines(operator, buffer.row, times ?? 1);
      return;
    }
    // `cw` leaves the blank behind the word.
    const target = motion(buffer, operator === 'c' && /^w$/i.test(keys) ? (keys === 'w' ? 'e' : 'E') : keys, times);
    if (target === undefined) {
      return;
    }
    if (target.isLinewise === true) {
      const from = Math.min(buffer.row, target.row);
      this.#operateOnLines(operator, from, Math.abs(buffer.row - target.row) + 1);
      return;
    }
    const isHere = target.row === buffer.row;
    const end = isHere ? target.column + (target.isInclusive === true ? 1 : 0) : buffer.line.length;
    const from = isHere ? Math.min(buffer.column, target.column) : buffer.column;
    const to = isHere ? Math.max(buffer.column, end) : end;
    if (operator === 'y') {
      this.#register = { text: buffer.line.slice(from, to), isLinewise: false };
      buffer.moveTo(buffer.row, from);
      return;
    }
    this.#cut(from, to);
    if (operator === 'c') {
      this.mode = 'insert';
      buffer.moveTo(buffer.row, from, true);
    }
  }

  #operateOnLines(operator: string, from: number, count: number): void {
    const { buffer } = this;
    if (operator === 'y') {
      this.#register = { text: buffer.lines.slice(from, from + count).join('\n'), isLinewise: true };
      this.message = count > 2 ? `${count} lines yanked` : '';
      return;
    }
    const removed = buffer.removeLines(from, count);
    this.#register = { text: removed.join('\n'), isLinewise: true };
    this.message = removed.length > 2 ? `${removed.length} fewer lines` : '';
    if (operator === 'c') {
      buffer.insertLines(from, ['']);
      this.mode = 'insert';
    }
  }

  #cut(from: number, to: number): void {
    const { buffer } = this;
    this.#register = { text: buffer.line.slice(from, to), isLinewise: false };
    buffer.line = buffer.line.slice(0, from) + buffer.line.slice(to);
    buffer.moveTo(buffer.row, from);
  }

  #put(command: string, times: number): void {
    const { buffer } = this;
    const { text, isLinewise } = this.#register;
    if (isLinewise) {
      const lines = Array.from({ length: times }, () => text.split('\n')).flat();
      buffer.insertLines(command === 'p' ? buffer.row + 1 : buffer.row, lines);
    } else {
      buffer.moveTo(buffer.row, buffer.column + (command === 'p' && buffer.line !== '' ? 1 : 0), true);
      buffer.insert(text.repeat(times));
      buffer.moveTo(buffer.row, buffer.column - 1);
    }
  }

  #join(): void {
    const { buffer } = this;
    const next = buffer.lines[buffer.row + 1];
    if (next !== undefined) {
      const at = buffer.line.length;
      buffer.lines.splice(buffer.row + 1, 1);
      buffer.line = `${buffer.line} ${next.trimStart()}`;
      buffer.moveTo(buffer.row, at);
    }
  }

  #find(isBackwards: boolean): void {
    const { pattern } = this.#search;
    const regex = pattern === '' ? undefined : patternOf(pattern);
    if (regex === undefined) {
      this.message = 'E35: No previous regular expression';
    } else if (!this.buffer.find(regex, isBackwards)) {
      this.message = `E486: Pattern not found: ${pattern}`;
    }
  }
}

/** A number before a command; `0` alone is a command. */
function counted(text: string): { digits: string; rest: string } {
  const digits = /^[1-9]\d*/.exec(text)?.[0] ?? '';
  return { digits, rest: text.slice(digits.length) };
}

/** Commands that wait for another key: operators, `g`, `Z`, `r`, `>`. */
function isUnfinished(command: string): boolean {
  return /^[gZr><]$/.test(command) || (/^[dcy]/.test(command) && /^g?$/.test(counted(command.slice(1)).rest));
}
