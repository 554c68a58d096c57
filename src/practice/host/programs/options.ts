/** What a command line was split into. */
export interface ParsedOptions {
  readonly words: readonly string[];
  readonly flags: ReadonlySet<string>;
  /** Values in the order given. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** The first option that is not known. */
  readonly unknown: string | undefined;
}

export interface OptionTable {
  /** Spelling → name, for switches. */
  readonly flags: Readonly<Record<string, string>>;
  /** Spelling → name, for options with a value. */
  readonly values: Readonly<Record<string, string>>;
  /** Options end at the first word (`systemd-run`, `docker run`). */
  readonly stopsAtWord?: boolean;
}

/** getopt_long as the node's programs use it: `-n5`, `-n 5`, `--lines=5`, `--lines 5`, `-qf`. */
export function parseOptions(args: readonly string[], table: OptionTable): ParsedOptions {
  const words: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  let unknown: string | undefined;
  const note = (name: string, value: string): void => {
    values.set(name, [...(values.get(name) ?? []), value]);
  };
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      words.push(...args.slice(index + 1));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      words.push(arg);
      if (table.stopsAtWord === true) {
        words.push(...args.slice(index + 1));
        break;
      }
      continue;
    }
    const [spelling, attached] = splitOption(arg, table);
    const valueName = table.values[spelling];
    const flagName = table.flags[spelling];
    if (valueName !== undefined) {
      note(valueName, attached ?? args[(index += 1)] ?? '');
    } else if (flagName !== undefined) {
      flags.add(flagName);
    } else {
      const cluster = clusterOf(arg, table);
      cluster?.flags.forEach((name) => flags.add(name));
      if (cluster?.valueName !== undefined) {
        note(cluster.valueName, cluster.attached ?? args[(index += 1)] ?? '');
      }
      unknown ??= cluster === undefined ? arg : undefined;
    }
  }
  return { words, flags, values, unknown };
}

function splitOption(arg: string, table: OptionTable): [string, string?] {
  const equals = arg.indexOf('=');
  if (equals > 0 && (arg.startsWith('--') || table.values[arg.slice(0, equals)] !== undefined)) {
    return [arg.slice(0, equals), arg.slice(equals + 1)];
  }
  if (!arg.startsWith('--') && arg.length > 2 && table.values[arg.slice(0, 2)] !== undefined && !(arg in table.flags)) {
    return [arg.slice(0, 2), arg.slice(2)];
  }
  return [arg];
}

interface Cluster {
  readonly flags: readonly string[];
  readonly valueName?: string;
  readonly attached?: string | undefined;
}

/** `-qf` is `-q -f`, and `-qn5` is `-q -n 5`. */
function clusterOf(arg: string, table: OptionTable): Cluster | undefined {
  const flags: string[] = [];
  for (const [index, letter] of arg.startsWith('--') ? [] : Array.from(arg.slice(1)).entries()) {
    const valueName = table.values[`-${letter}`];
    if (valueName !== undefined) {
      const attached = arg.slice(index + 2);
      return { flags, valueName, attached: attached === '' ? undefined : attached };
    }
    const flag = table.flags[`-${letter}`];
    if (flag === undefined) {
      return undefined;
    }
    flags.push(flag);
  }
  return flags.length === 0 ? undefined : { flags };
}
