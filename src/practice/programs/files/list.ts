import type { FsStat } from 'just-bash';
import type { ProgramContext } from '../program';
import { resolvePath } from '../../host/files/path';
import type { OptionTable } from '../../host/programs/options';
import { parseOptions } from '../../host/programs/options';
import { Permissions } from '../../shell/permissions';
import { human } from '../sizes';
import { formatDate } from '../time/dateFormat';
import { program } from '../program';

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FsStat;
  readonly owner: string;
  readonly target: string | undefined;
}

const GROUPS: Readonly<Record<string, string>> = { core: 'core', root: 'root', etcd: 'etcd' };

/** `ls`, which knows who owns what. */
class Listing {
  readonly #context: ProgramContext;
  readonly #flags: ReadonlySet<string>;
  readonly #style: string | undefined;
  readonly #permissions: Permissions;
  #code = 0;

  constructor(context: ProgramContext, flags: ReadonlySet<string>, style: string | undefined) {
    this.#style = style;
    this.#context = context;
    this.#flags = flags;
    this.#permissions = new Permissions(context.host, context.user);
  }

  get #isLong(): boolean {
    return this.#flags.has('long') || this.#flags.has('fullTime');
  }

  async run(words: readonly string[]): Promise<number> {
    const entries: Entry[] = [];
    for (const word of words.length === 0 ? ['.'] : words) {
      const entry = await this.#entry(word, resolvePath(this.#context.workingDirectory, word), true);
      if (entry === undefined) {
        this.#complain(`cannot access ${word}: No such file or directory`);
      } else {
        entries.push(entry);
      }
    }
    const isPlain = this.#flags.has('directory');
    const [folders, files] = [
      entries.filter(({ stat }) => stat.isDirectory && !isPlain),
      entries.filter(({ stat }) => !stat.isDirectory || isPlain),
    ];
    this.#context.stdout(this.#render(this.#sorted(files)));
    const isTitled = folders.length + files.length > 1 || this.#flags.has('recursive');
    for (const [index, folder] of folders.entries()) {
      await this.#folder(folder, { isTitled, isFirst: index === 0 && files.length === 0 });
    }
    return this.#code;
  }

  async #folder(folder: Entry, { isTitled, isFirst }: { isTitled: boolean; isFirst: boolean }): Promise<void> {
    if (!this.#permissions.mayRead(folder.path)) {
      this.#complain(`cannot open directory ${folder.name}: Permission denied`, 2);
      return;
    }
    const entries = await this.#children(folder);
    const title = isTitled ? `${isFirst ? '' : '\n'}${folder.name}:\n` : '';
    const total = this.#isLong
      ? `total ${this.#size(
          entries.reduce((sum, { stat }) => sum + Math.ceil(stat.size / 4096) * 4096, 0),
          true,
        )}\n`
      : '';
    this.#context.stdout(`${title}${total}${this.#render(entries)}`);
    if (this.#flags.has('recursive')) {
      for (const child of entries.filter(({ stat, name }) => stat.isDirectory && name !== '.' && name !== '..')) {
        await this.#folder(
          { ...child, name: `${folder.name.replace(/\/$/, '')}/${child.name}` },
          { isTitled: true, isFirst: false },
        );
      }
    }
  }

  async #children({ path }: Entry): Promise<Entry[]> {
    const names = (await this.#context.host.files.readdir(path)).filter(
      (name) => this.#flags.has('all') || this.#flags.has('almost') || !name.startsWith('.'),
    );
    const entries = await Promise.all(
      names.map((name) => this.#entry(name, `${path === '/' ? '' : path}/${name}`, false)),
    );
    const dots: readonly (Entry | undefined)[] = this.#flags.has('all')
      ? await Promise.all([this.#entry('.', path, false), this.#entry('..', resolvePath(path, '..'), false)])
      : [];
    return [...dots.filter(isThere), ...this.#sorted(entries.filter(isThere))];
  }

  async #entry(name: string, path: string, isNamed: boolean): Promise<Entry | undefined> {
    const { files } = this.#context.host;
    try {
      const own = await files.lstat(path);
      const follows = own.isSymbolicLink && isNamed && !this.#isLong && !this.#flags.has('directory');
      const stat = follows ? await files.stat(path) : own;
      const target = stat.isSymbolicLink ? await files.readlink(path) : undefined;
      return { name, path, stat, owner: this.#permissions.ownerOf(path, follows), target };
    } catch {
      return undefined; // Not there, or a link that leads nowhere: said by the caller.
    }
  }

  #sorted(entries: Entry[]): Entry[] {
    const by = this.#flags.has('time')
      ? (a: Entry, b: Entry): number => b.stat.mtime.getTime() - a.stat.mtime.getTime()
      : this.#flags.has('size')
        ? (a: Entry, b: Entry): number => b.stat.size - a.stat.size
        : (a: Entry, b: Entry): number => plain(a.name).localeCompare(plain(b.name)) || (a.name < b.name ? -1 : 1);
    const sorted = [...entries].sort(by);
    return this.#flags.has('reverse') ? sorted.reverse() : sorted;
  }

  #render(entries: readonly Entry[]): string {
    if (entries.length === 0) {
      return '';
    }
    if (this.#isLong) {
      return this.#long(entries);
    }
    const names = entries.map((entry) => ({ length: plainName(entry, this.#flags).length, text: this.#name(entry) }));
    if (this.#flags.has('commas')) {
      return `${names.map(({ text }) => text).join(', ')}\n`;
    }
    if (!this.#context.isTerminal || this.#flags.has('one')) {
      return names.map(({ text }) => `${text}\n`).join('');
    }
    return columns(names, this.#context.session?.terminal?.columns ?? 80);
  }

  #long(entries: readonly Entry[]): string {
    const rows = entries.map((entry) => {
      const { stat, owner } = entry;
      const links = stat.isDirectory ? '2' : '1';
      return { links, owner, group: GROUPS[owner] ?? 'root', size: this.#size(stat.size), entry };
    });
    const width = (read: (row: (typeof rows)[number]) => string): number =>
      Math.max(...rows.map((row) => read(row).length));
    const [links, owner, group, size] = [
      width((row) => row.links),
      width((row) => row.owner),
      width((row) => row.group),
      width((row) => row.size),
    ];
    return rows
      .map((row) => {
        const arrow = row.entry.target === undefined ? '' : ` -> ${row.entry.target}`;
        return `${modeText(row.entry.stat)} ${row.links.padStart(links)} ${row.owner.padEnd(owner)} ${row.group.padEnd(group)} ${row.size.padStart(size)} ${this.#time(row.entry.stat.mtime)} ${this.#name(row.entry)}${arrow}\n`;
      })
      .join('');
  }

  #size(bytes: number, isTotal = false): string {
    return this.#flags.has('human') ? human(bytes) : String(isTotal ? Math.ceil(bytes / 1024) : bytes);
  }

  #time(date: Date): string {
    if (this.#style !== undefined) {
      return formatDate(date.getTime(), STYLES[this.#style] ?? this.#style.replace(/^\+/, ''));
    }
    const isRecent = Math.abs(this.#context.timeline.now() - date.getTime()) < 180 * 86_400_000;
    const [, day = '', month = '', year = '', time = ''] = date.toUTCString().split(' ');
    return `${month} ${String(Number(day)).padStart(2)} ${isRecent ? time.slice(0, 5) : year.padStart(5)}`;
  }

  #name(entry: Entry): string {
    const text = plainName(entry, this.#flags);
    if (!this.#context.isTerminal) {
      return text;
    }
    const { stat, name } = entry;
    const colour = stat.isDirectory
      ? '01;34'
      : stat.isSymbolicLink
        ? '01;36'
        : (stat.mode & 0o111) !== 0
          ? '01;32'
          : undefined;
    return colour === undefined ? text : `\x1b[${colour}m${name}\x1b[0m${text.slice(name.length)}`;
  }

  #complain(message: string, code = 2): void {
    this.#context.stderr(`ls: ${message}\n`);
    this.#code = code;
  }
}

const isThere = (entry: Entry | undefined): entry is Entry => entry !== undefined;

const plain = (name: string): string => name.replace(/^\.+/, '').toLowerCase();

const plainName = ({ name, stat }: Entry, flags: ReadonlySet<string>): string =>
  flags.has('classify')
    ? `${name}${stat.isDirectory ? '/' : stat.isSymbolicLink ? '@' : (stat.mode & 0o111) !== 0 ? '*' : ''}`
    : name;

function modeText({ isDirectory, isSymbolicLink, mode }: FsStat): string {
  const kind = isDirectory ? 'd' : isSymbolicLink ? 'l' : '-';
  const bits = [6, 3, 0]
    .map((shift) =>
      ['r', 'w', 'x'].map((letter, index) => (((mode >> shift) & (4 >> index)) !== 0 ? letter : '-')).join(''),
    )
    .join('');
  return `${kind}${bits}`;
}

function columns(names: readonly { readonly length: number; readonly text: string }[], width: number): string {
  for (let rows = 1; ; rows += 1) {
    const count = Math.ceil(names.length / rows);
    const widths = Array.from({ length: count }, (_unused, column) =>
      Math.max(...names.slice(column * rows, (column + 1) * rows).map(({ length }) => length)),
    );
    if (count === 1 || widths.reduce((sum, one) => sum + one + 2, -2) <= width) {
      return Array.from(
        { length: rows },
        (_unused, row) =>
          widths
            .map((one, column) => {
              const name = names[column * rows + row];
              const isLast = names[(column + 1) * rows + row] === undefined;
              return name === undefined ? '' : `${name.text}${isLast ? '' : ' '.repeat(one + 2 - name.length)}`;
            })
            .join('') + '\n',
      ).join('');
    }
  }
}

const STYLES: Readonly<Record<string, string>> = {
  'full-iso': '%Y-%m-%d %H:%M:%S.%N %z',
  'long-iso': '%Y-%m-%d %H:%M',
  iso: '%m-%d %H:%M',
};

const OPTIONS: OptionTable = {
  flags: {
    '-l': 'long',
    '-a': 'all',
    '--all': 'all',
    '-A': 'almost',
    '-h': 'human',
    '--human-readable': 'human',
    '-d': 'directory',
    '--directory': 'directory',
    '-1': 'one',
    '-m': 'commas',
    '--full-time': 'fullTime',
    '-R': 'recursive',
    '--recursive': 'recursive',
    '-t': 'time',
    '-S': 'size',
    '-r': 'reverse',
    '--reverse': 'reverse',
    '-F': 'classify',
    '-p': 'classify',
    '-i': 'inode',
    '-n': 'long',
    '-C': 'columns',
    '--color': 'color',
    '-L': 'follow',
    '-H': 'follow',
    '-Z': 'context',
    '-s': 'blocks',
    '-k': 'k',
    '-c': 'ctime',
    '-u': 'atime',
    '-v': 'version',
    '-X': 'extension',
    '-b': 'escape',
    '-q': 'hide',
  },
  values: {
    '--color': 'when',
    '--sort': 'sort',
    '--time-style': 'style',
    '-I': 'ignore',
    '--group-directories-first': 'grouped',
  },
};

async function ls(context: ProgramContext): Promise<number> {
  const { flags, values, words, unknown } = parseOptions(context.args, OPTIONS);
  if (unknown !== undefined) {
    context.stderr(
      `ls: ${unknown.startsWith('--') ? `unrecognized option '${unknown}'` : `invalid option -- '${unknown.replace(/^-/, '')}'`}\nTry 'ls --help' for more information.\n`,
    );
    return 2;
  }
  return await new Listing(context, flags, flags.has('fullTime') ? 'full-iso' : values.get('style')?.at(-1)).run(words);
}

export const listPrograms = [program('ls', ls)];
