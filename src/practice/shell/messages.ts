/** How bash words its complaints (bash 4.3, the version CoreOS had in 2016). */

export interface Speaker {
  /** `bash`, `-bash` or a script's path. */
  readonly name: string;
  /** Scripts name the line, `bash -c` and terminals do not. */
  readonly namesLines: boolean;
}

const prefix = ({ name, namesLines }: Speaker, line: number): string =>
  namesLines && line > 0 ? `${name}: line ${line}: ` : `${name}: `;

/** What the interpreter and its tools say, in bash's words. */
export function inBashWords(
  text: string,
  facts: {
    speaker: Speaker;
    line: number;
    isDenied: (path: string) => boolean;
    connectionError: (path: string) => string | undefined;
  },
): string {
  const { speaker, line } = facts;
  return text
    .split(/(?<=\n)/)
    .map((row) => {
      const device = /^bash: (\/dev\/tcp\/[^:\n]*): No such file or directory/.exec(row)?.[1];
      const reason = device === undefined ? undefined : facts.connectionError(device);
      if (device !== undefined && reason !== undefined) {
        return `${prefix(speaker, line)}connect: ${reason}\n${prefix(speaker, line)}${device}: ${reason}\n`;
      }
      const deferred = /^bash: syntax error: Parse error at (\d+):\d+: (.*\n?)/.exec(row);
      if (deferred !== null) {
        return `${speaker.name}: line ${deferred[1] ?? ''}: ${deferred[2] ?? ''}`;
      }
      if (row.startsWith('ENOSPC: ')) {
        return `${prefix(speaker, line)}write error: ${REASONS['ENOSPC'] ?? ''}\n`; // Of a redirection: the file is there, and empty.
      }
      const isOwn = row.startsWith('bash: ') || BUILTIN.test(row);
      const words = deniedInstead(row.startsWith('bash: ') ? row.slice('bash: '.length) : row, facts.isDenied);
      return isOwn ? `${prefix(speaker, line)}${words.replace(/^line \d+: /, '')}` : words;
    })
    .join('');
}

/** Builtins whose complaints the library words without the shell's name. */
const BUILTIN =
  /^(?:printf|alias|unalias|shopt|\[|test|read|type|export|declare|local|unset|shift|let|hash|mapfile|getopts|pushd|popd): /;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  ENOENT: 'No such file or directory',
};

/** The library's tools pass on Node's words for errors, or say "No such file or directory" of whatever they could not open. */
function deniedInstead(row: string, isDenied: (path: string) => boolean): string {
  const node = /\b(E[A-Z]+): [a-z ,-]+, \w+ ?('[^']*'|)/.exec(row);
  const reason = REASONS[node?.[1] ?? ''];
  if (node !== null && reason !== undefined) {
    const copy = row.startsWith('cp: cannot copy ') ? `cp: cannot create regular file ${node[2] ?? ''}: ` : undefined;
    return copy === undefined ? row.replace(node[0], reason) : `${copy}${reason}\n`;
  }
  const path = /([^\s'"`‘:]+)['’]?: No such file or directory\n?$/.exec(row)?.[1];
  return path !== undefined && isDenied(path) ? row.replace('No such file or directory', 'Permission denied') : row;
}

/** A script that does not parse. `offset` is where the line begins that is shown. */
export function syntaxError(message: string, script: string, speaker: Speaker, isCommandText: boolean): string {
  const position = /(?:Parse error at |line )(\d+)/.exec(message)?.[1];
  const line = position === undefined ? 1 : Number(position);
  const who = `${speaker.name}: ${isCommandText ? '-c: ' : ''}line `;
  const quote = /looking for matching `(.)'/.exec(message)?.[1];
  if (quote !== undefined) {
    const last = script.split('\n').length + (script.endsWith('\n') ? 0 : 1);
    const end = `${who}${last}: syntax error: unexpected end of file\n`;
    return `${who}${line}: unexpected EOF while looking for matching \`${quote}'\n${end}`;
  }
  const token = /unexpected token [`'](.*?)'/.exec(message)?.[1];
  const isAtEnd =
    token === undefined ||
    token === '' ||
    token === 'EOF' ||
    !script
      .split('\n')
      .slice(line - 1)
      .join('\n')
      .includes(token);
  if (isAtEnd) {
    return `${who}${script.replace(/\n$/, '').split('\n').length + 1}: syntax error: unexpected end of file\n`;
  }
  const source = script.split('\n')[line - 1] ?? '';
  return `${who}${line}: syntax error near unexpected token \`${token}'\n${who}${line}: \`${source}'\n`;
}

export const notFoundMessage = (name: string): string =>
  name.includes('/') ? `bash: ${name}: No such file or directory\n` : `bash: ${name}: command not found\n`;
