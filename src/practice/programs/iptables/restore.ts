import { RuleError } from './rule';
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

/** One command that changes a table: `-A`, `-I`, `-D`, `-N`, `-X`, `-P`, `-F`, `-R`. */
export function edit(
  table: Table,
  { command, chain, rest }: { command: string; chain: string; rest: readonly string[] },
): void {
  switch (command) {
    case '-A':
    case '--append':
      table.chain(chain).rules.push(table.parse(rest));
      break;
    case '-I':
    case '--insert': {
      const hasNumber = /^\d+$/.test(rest[0] ?? '');
      const position = hasNumber ? Number(rest[0]) : 1;
      const { rules } = table.chain(chain);
      if (position < 1 || position > rules.length + 1) {
        throw new RuleError('Index of insertion too big.', 1);
      }
      rules.splice(position - 1, 0, table.parse(hasNumber ? rest.slice(1) : rest));
      break;
    }
    case '-R':
    case '--replace':
      table.chain(chain).rules.splice(positionOf(table, chain, rest.slice(0, 1)), 1, table.parse(rest.slice(1)));
      break;
    case '-D':
    case '--delete':
      table.chain(chain).rules.splice(positionOf(table, chain, rest), 1);
      break;
    case '-N':
    case '--new-chain':
      table.create(chain);
      break;
    case '-X':
    case '--delete-chain':
      (chain === '' ? [...table.chains.keys()].filter((name) => !table.isBuiltin(name)) : [chain]).forEach((name) =>
        table.delete(name),
      );
      break;
    case '-P':
    case '--policy':
      table.setPolicy(chain, rest[0] ?? '');
      break;
    case '-F':
    case '--flush':
      table.flush(chain === '' ? undefined : chain);
      break;
    case '-Z':
    case '--zero':
      break;
    default:
      throw new RuleError(`unknown option "${command}"`);
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
