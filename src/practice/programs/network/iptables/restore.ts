import { expandAddresses, RuleError } from './rule';
import { isTable, splitWords, Table } from './table';

/** Failed at a line of the input. */
export class RestoreError extends Error {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

/**
 * What iptables-restore reads. Without `keeps` each table named begins empty; with it (`--noflush`) only the chains of the user that
 * are declared are emptied. Nothing changes before COMMIT.
 */
export function restore(text: string, current: ReadonlyMap<string, Table>, keeps: boolean): Map<string, Table> {
  const result = new Map(current);
  let table: Table | undefined;
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) {
      return;
    }
    try {
      if (line.startsWith('*')) {
        table = begin(line.slice(1), current, keeps);
      } else if (table === undefined) {
        throw new RuleError(`line ${index + 1} failed`);
      } else if (line === 'COMMIT') {
        result.set(table.name, table);
        table = undefined;
      } else {
        apply(table, line);
      }
    } catch (error) {
      throw new RestoreError(error instanceof Error ? error.message : String(error), index + 1);
    }
  });
  if (table !== undefined) {
    throw new RestoreError('COMMIT expected', text.split('\n').length);
  }
  return result;
}

function begin(name: string, current: ReadonlyMap<string, Table>, keeps: boolean): Table {
  if (!isTable(name)) {
    throw new RuleError(`can't initialize iptables table \`${name}': Table does not exist`);
  }
  const table = new Table(name);
  const before = current.get(name);
  if (keeps && before !== undefined) {
    for (const [chain, { policy, rules }] of before.chains) {
      table.chains.set(chain, { policy, rules: [...rules] });
    }
  }
  return table;
}

function apply(table: Table, line: string): void {
  if (line.startsWith(':')) {
    const [chain = '', policy = '-'] = line.slice(1).split(/\s+/);
    if (table.isBuiltin(chain)) {
      table.setPolicy(chain, policy);
    } else {
      table.chains.set(chain, { policy: '-', rules: [] });
    }
    return;
  }
  const [command = '', chain = '', ...rest] = splitWords(line.replace(/^\[\d+:\d+\]\s*/, ''));
  edit(table, { command, chain, rest });
}

interface Edit {
  readonly chain: string;
  readonly rest: readonly string[];
}

const EDITS: Readonly<Record<string, (table: Table, edit: Edit) => void>> = {
  '-A': (table, { chain, rest }) => {
    const rules = expandAddresses(rest).map((words) => table.parse(words));
    table.chain(chain).rules.push(...rules);
  },
  '-I': insert,
  '-R': (table, { chain, rest }) =>
    void table.chain(chain).rules.splice(positionOf(table, chain, rest.slice(0, 1)), 1, table.parse(rest.slice(1))),
  '-D': (table, { chain, rest }) => {
    for (const words of expandAddresses(rest)) {
      table.chain(chain).rules.splice(positionOf(table, chain, words), 1);
    }
  },
  '-N': (table, { chain }) => table.create(chain),
  '-X': (table, { chain }) => {
    const own = [...table.chains.keys()].filter((name) => !table.isBuiltin(name));
    (chain === '' ? own : [chain]).forEach((name) => table.delete(name));
  },
  '-P': (table, { chain, rest: [policy = ''] }) => table.setPolicy(chain, policy),
  '-F': (table, { chain }) => table.flush(chain === '' ? undefined : chain),
  '-Z': () => undefined,
};

const LONG: Readonly<Record<string, string>> = {
  '--append': '-A',
  '--insert': '-I',
  '--replace': '-R',
  '--delete': '-D',
  '--new-chain': '-N',
  '--delete-chain': '-X',
  '--policy': '-P',
  '--flush': '-F',
  '--zero': '-Z',
};

/** One command that changes a table. */
export function edit(table: Table, { command, ...what }: Edit & { readonly command: string }): void {
  const change = EDITS[LONG[command] ?? command];
  if (change === undefined) {
    throw new RuleError(`unknown option "${command}"`);
  }
  change(table, what);
}

function insert(table: Table, { chain, rest }: Edit): void {
  const hasNumber = /^\d+$/.test(rest[0] ?? '');
  const position = hasNumber ? Number(rest[0]) : 1;
  const { rules } = table.chain(chain);
  if (position < 1 || position > rules.length + 1) {
    throw new RuleError('Index of insertion too big.', 1);
  }
  for (const words of expandAddresses(hasNumber ? rest.slice(1) : rest)) {
    rules.splice(position - 1, 0, table.parse(words));
  }
}

function positionOf(table: Table, chain: string, words: readonly string[]): number {
  const isNumber = words.length === 1 && /^\d+$/.test(words[0] ?? '');
  const position = isNumber ? Number(words[0]) - 1 : table.find(chain, words);
  if (position < 0 || position >= table.chain(chain).rules.length) {
    throw new RuleError(
      isNumber ? 'Index of deletion too big.' : 'Bad rule (does a matching rule exist in that chain?).',
      1,
    );
  }
  return position;
}
