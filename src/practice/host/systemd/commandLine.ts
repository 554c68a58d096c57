export interface ExecCommand {
  readonly argv: readonly string[];
  /** `-`: its failure does not matter. */
  readonly ignoresFailure: boolean;
  /** As written in the unit, specifiers replaced: what `systemctl status` shows. */
  readonly text: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
};

/** systemd.service(5), "Command lines": quotes, C escapes and the prefixes `-`, `@`, `+`, `!`, `:`. */
export function parseExec(line: string): ExecCommand {
  const prefix = /^[-@+!:]*/.exec(line)?.[0] ?? '';
  const words = splitWords(line.slice(prefix.length));
  // With `@` the second word is the name the process gets, not an argument.
  const argv = prefix.includes('@') ? [words[0] ?? '', ...words.slice(2)] : words;
  return { argv, ignoresFailure: prefix.includes('-'), text: words.join(' ') };
}

/** Words by white space outside quotes; quotes may stand inside a word. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const sign = text[index] ?? '';
    if (sign === '\\' && index + 1 < text.length) {
      const escape = readEscape(text, index);
      word = `${word ?? ''}${escape.value}`;
      index = escape.last;
    } else if (quote !== '') {
      if (sign === quote) {
        quote = '';
      } else {
        word = `${word ?? ''}${sign}`;
      }
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      word ??= '';
    } else if (/\s/.test(sign)) {
      if (word !== undefined) {
        words.push(word);
        word = undefined;
      }
    } else {
      word = `${word ?? ''}${sign}`;
    }
  }
  return word === undefined ? words : [...words, word];
}

function readEscape(text: string, start: number): { value: string; last: number } {
  const sign = text[start + 1] ?? '';
  const hex = /^x([0-9a-fA-F]{2})/.exec(text.slice(start + 1))?.[1];
  if (hex !== undefined) {
    return { value: String.fromCharCode(Number.parseInt(hex, 16)), last: start + 3 };
  }
  const octal = /^[0-7]{3}/.exec(text.slice(start + 1))?.[0];
  if (octal !== undefined) {
    return { value: String.fromCharCode(Number.parseInt(octal, 8)), last: start + 3 };
  }
  return { value: ESCAPES[sign] ?? sign, last: start + 1 };
}

/** `${NAME}` inside a word, `$NAME` as a word of its own (then split); `$$` is one dollar. */
export function expandVariables(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  return argv.flatMap((word, index) => {
    const whole = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(word)?.[1];
    if (whole !== undefined && index > 0) {
      return (environment[whole] ?? '').split(/\s+/).filter((part) => part !== '');
    }
    return [
      word
        .replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_match, name: string) => environment[name] ?? '')
        .replaceAll('$$', '$'),
    ];
  });
}

/** `Environment=` and systemd-run's `--setenv`: several assignments in one line, quoted or not. */
export function parseAssignments(line: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const word of splitWords(line)) {
    const equals = word.indexOf('=');
    if (equals > 0) {
      found[word.slice(0, equals)] = word.slice(equals + 1);
    }
  }
  return found;
}

/** An EnvironmentFile: one assignment a line, comments, quotes around the value. */
export function parseEnvironmentFile(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const equals = line.indexOf('=');
    if (equals > 0 && !line.startsWith('#') && !line.startsWith(';')) {
      const value = line.slice(equals + 1).trim();
      const quoted = /^(["'])(.*)\1$/.exec(value)?.[2];
      found[line.slice(0, equals).trim()] = quoted ?? value;
    }
  }
  return found;
}
