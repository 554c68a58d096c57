/** Options as docopt takes them: `-x`, `--x`, `--x=v`, `--x v`; a lone `--` ends them. */
export interface FlagTable {
  /** Options that take a value, by every name they have. */
  readonly values: Readonly<Record<string, string>>;
  /** Switches, by every name they have. */
  readonly switches: Readonly<Record<string, string>>;
}

export interface ParsedFlags {
  readonly positional: readonly string[];
  readonly unknown: readonly string[];
  value(name: string): string | undefined;
  isSet(name: string): boolean;
}

export function parseFlags(args: readonly string[], table: FlagTable): ParsedFlags {
  const values = new Map<string, string>();
  const positional: string[] = [];
  const unknown: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--') {
      positional.push(...args.slice(at + 1));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      positional.push(arg);
      continue;
    }
    const equals = arg.indexOf('=');
    const name = (equals < 0 ? arg : arg.slice(0, equals)).replace(/^--?/, '');
    const given = equals < 0 ? undefined : arg.slice(equals + 1);
    const [valued, switched] = [table.values[name], table.switches[name]];
    if (valued !== undefined) {
      at += given === undefined ? 1 : 0;
      values.set(valued, given ?? args[at] ?? '');
    } else if (switched !== undefined) {
      values.set(switched, given ?? 'true');
    } else {
      unknown.push(arg);
    }
  }
  return {
    positional,
    unknown,
    value: (name) => values.get(name),
    isSet: (name) => ['true', '1', 't'].includes(values.get(name) ?? ''),
  };
}
