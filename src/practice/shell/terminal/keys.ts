/** What a key press means to a line editor. */
export type Key = { readonly kind: 'text'; readonly text: string } | { readonly kind: KeyName };

export type KeyName =
  | 'enter'
  | 'backspace'
  | 'delete'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'home'
  | 'end'
  | 'wordLeft'
  | 'wordRight'
  | 'tab'
  | 'interrupt'
  | 'endOfFile'
  | 'clear'
  | 'killLine'
  | 'killWord'
  | 'killEnd'
  | 'yank'
  | 'search'
  | 'abort'
  | 'swap'
  | 'quit'
  | 'escape'
  | 'suspend'
  | 'lastWord';

const SEQUENCES: Readonly<Record<string, KeyName>> = {
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  '\x1b[C': 'right',
  '\x1bOC': 'right',
  '\x1b[D': 'left',
  '\x1bOD': 'left',
  '\x1b[H': 'home',
  '\x1bOH': 'home',
  '\x1b[1~': 'home',
  '\x1b[7~': 'home',
  '\x1b[F': 'end',
  '\x1bOF': 'end',
  '\x1b[4~': 'end',
  '\x1b[8~': 'end',
  '\x1b[3~': 'delete',
  '\x1b[1;5C': 'wordRight',
  '\x1b[1;5D': 'wordLeft',
  '\x1bf': 'wordRight',
  '\x1bb': 'wordLeft',
  '\x1b.': 'lastWord',
};

const CONTROLS: Readonly<Record<number, KeyName>> = {
  1: 'home',
  2: 'left',
  3: 'interrupt',
  4: 'endOfFile',
  5: 'end',
  6: 'right',
  7: 'abort',
  8: 'backspace',
  9: 'tab',
  10: 'enter',
  11: 'killEnd',
  12: 'clear',
  13: 'enter',
  14: 'down',
  16: 'up',
  18: 'search',
  20: 'swap',
  21: 'killLine',
  23: 'killWord',
  25: 'yank',
  26: 'suspend',
  28: 'quit',
  127: 'backspace',
};

/** Cuts what a terminal sends into keys. */
export function keysOf(text: string): Key[] {
  const keys: Key[] = [];
  let rest = text.replaceAll('\r\n', '\r');
  while (rest !== '') {
    // eslint-disable-next-line no-control-regex -- escape sequences are what a terminal sends
    const sequence = /^\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Z]|[a-z.])/.exec(rest)?.[0];
    if (sequence !== undefined) {
      const kind = SEQUENCES[sequence];
      if (kind !== undefined) {
        keys.push({ kind });
      }
      rest = rest.slice(sequence.length);
      continue;
    }
    const code = rest.charCodeAt(0);
    if (code === 27) {
      keys.push({ kind: 'escape' });
      rest = rest.slice(1);
    } else if (code < 32 || code === 127) {
      const kind = CONTROLS[code];
      if (kind !== undefined) {
        keys.push({ kind });
      }
      rest = rest.slice(1);
    } else {
      // eslint-disable-next-line no-control-regex -- up to the next control character
      const plain = /^[^\x00-\x1f\x7f]+/.exec(rest)?.[0] ?? rest.charAt(0);
      keys.push({ kind: 'text', text: plain });
      rest = rest.slice(plain.length);
    }
  }
  return keys;
}
