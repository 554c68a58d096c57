import type { IFileSystem } from 'just-bash';
import { BUILTIN_NAMES } from '../builtins';
import { quote } from '../quote';
import type { Resolver } from '../resolve';

export interface Completion {
  /** What to put in place of the word before the cursor; undefined when nothing can be added. */
  readonly insert: string | undefined;
  /** All that fit, for the list a second Tab shows. */
  readonly choices: readonly string[];
}

interface Place {
  readonly files: IFileSystem;
  readonly workingDirectory: string;
  readonly home: string;
  /** Names of commands along PATH, builtins and functions among them. */
  readonly commands: readonly string[];
}

/** Words that begin a command in bash and lie in no folder. */
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'cd exit export logout history source type unset set read eval exec command local declare pwd echo printf test true false ' +
    'for while if case until function time alias unalias'
  ).split(' '),
);

/** What can stand at the beginning of a command. */
export async function commandNames(
  files: IFileSystem,
  resolver: Resolver,
  shell: { readonly environment: Readonly<Record<string, string>>; readonly functionNames: readonly string[] },
): Promise<string[]> {
  const path = shell.environment['PATH'] ?? '';
  const folders = await Promise.all(
    path.split(':').map(async (folder) => ((await files.exists(folder)) ? await files.readdir(folder) : [])),
  );
  const found = folders
    .flat()
    .filter((name) => resolver.resolve(name, { path, workingDirectory: '/' }).kind !== 'absent');
  return [...found, ...KEYWORDS, ...BUILTIN_NAMES, ...shell.functionNames];
}

/** Completes the word before the cursor: a command in first place, else a file. */
export async function complete(before: string, place: Place): Promise<Completion> {
  const word = /(?:[^\s\\]|\\.)*$/.exec(before)?.[0] ?? '';
  const isFirst = /(?:^|[|;&(]\s*|\bsudo\s+)$/.test(before.slice(0, before.length - word.length));
  const names =
    isFirst && !word.includes('/') ? place.commands.filter((name) => name.startsWith(word)) : await files(word, place);
  const choices = [...new Set(names)].sort();
  const [only] = choices;
  if (only === undefined) {
    return { insert: undefined, choices };
  }
  if (choices.length === 1) {
    return { insert: `${only}${only.endsWith('/') ? '' : ' '}`.slice(word.length), choices };
  }
  const shared = sharedStart(choices).slice(word.length);
  return { insert: shared === '' ? undefined : shared, choices };
}

async function files(word: string, { files: system, workingDirectory, home }: Place): Promise<string[]> {
  const slash = word.lastIndexOf('/') + 1;
  const [typed, start] = [word.slice(0, slash), word.slice(slash).replaceAll('\\', '')];
  const folder = system.resolvePath(workingDirectory, (typed === '' ? '.' : typed).replace(/^~\//, `${home}/`));
  try {
    const entries = (await system.readdir(folder)).filter(
      (name) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')),
    );
    return await Promise.all(
      entries.map(async (name) => {
        const path = folder === '/' ? `/${name}` : `${folder}/${name}`;
        const isDirectory = (await system.exists(path)) && (await system.stat(path)).isDirectory;
        return `${typed}${name.includes(' ') ? quote(name) : name}${isDirectory ? '/' : ''}`;
      }),
    );
  } catch {
    return []; // No such folder, or not for this user: nothing to offer.
  }
}

function sharedStart(words: readonly string[]): string {
  let [shared = ''] = words;
  for (const word of words) {
    while (!word.startsWith(shared)) {
      shared = shared.slice(0, -1);
    }
  }
  return shared;
}

/** Columns as readline lists them. */
export function listChoices(choices: readonly string[], columns: number): string {
  const shown = choices.map((choice) => choice.replace(/^.*\/(?=.)/, ''));
  const width = Math.max(...shown.map(({ length }) => length)) + 2;
  const perRow = Math.max(1, Math.floor(columns / width));
  const rows = Math.ceil(shown.length / perRow);
  return Array.from({ length: rows }, (_unused, row) =>
    Array.from({ length: perRow }, (_none, column) => shown[column * rows + row] ?? '')
      .map((text) => text.padEnd(width))
      .join('')
      .trimEnd(),
  ).join('\n');
}
