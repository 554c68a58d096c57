interface Expanded {
  readonly text: string;
  readonly isChanged: boolean;
  /** What is not in the history, as it was written. */
  readonly missing?: string;
}

/** What may follow `!`: the last command or a word of it, a number, the beginning of a command, a part of one. */
const EVENT = /^!(!|\$|\^|\*|-?\d+|\?[^?]+\??|[A-Za-z./~_][^\s;|&<>()'"]*)/;

/** `!!`, `!$`, `!7`, `!-2`, `!sud`, `^old^new` as bash writes them out before it obeys (bash(1), HISTORY EXPANSION). */
export function expandHistory(line: string, history: readonly string[]): Expanded {
  const last = history.at(-1);
  const [, old, replacement] = /^\^([^^]+)\^([^^]*)\^?$/.exec(line) ?? [];
  if (old !== undefined) {
    return last?.includes(old) === true
      ? { text: last.replace(old, replacement ?? ''), isChanged: true }
      : { text: line, isChanged: false, missing: `:s${line}` };
  }
  let [text, rest, isQuoted, isChanged] = ['', line, false, false];
  while (rest !== '') {
    const event = isQuoted ? null : EVENT.exec(rest);
    if (event === null) {
      const taken = rest.startsWith('\\') && !isQuoted ? 2 : 1;
      isQuoted = rest.startsWith("'") ? !isQuoted : isQuoted;
      text += rest.slice(0, taken);
      rest = rest.slice(taken);
      continue;
    }
    const [whole, which = ''] = event;
    const found = eventFor(which, history);
    if (found === undefined) {
      return { text: line, isChanged: false, missing: whole };
    }
    text += found;
    isChanged = true;
    rest = rest.slice(whole.length);
  }
  return { text, isChanged };
}

function eventFor(which: string, history: readonly string[]): string | undefined {
  const last = history.at(-1);
  const words = last?.trim().split(/\s+/) ?? [];
  if (/^-?\d+$/.test(which)) {
    return history.at(which.startsWith('-') ? Number(which) : Number(which) - 1);
  }
  switch (which) {
    case '!':
      return last;
    case '$':
      return words.at(-1);
    case '^':
      return words[1];
    case '*':
      return last === undefined ? undefined : words.slice(1).join(' ');
    default:
      return which.startsWith('?')
        ? history.findLast((line) => line.includes(which.replaceAll('?', '')))
        : history.findLast((line) => line.startsWith(which));
  }
}
