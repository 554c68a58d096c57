import { parseFlags, type FlagTable, type ParsedFlags } from '../../fleet/cli/flags';

export const STRICT = 'strict-host-key-checking';

const OPTIONS: FlagTable = {
  values: {
    ...{ endpoint: 'endpoint', tunnel: 'tunnel', 'request-timeout': 'request-timeout', 'ssh-timeout': 'ssh-timeout' },
    ...{ 'etcd-cafile': 'etcd-cafile', 'etcd-certfile': 'etcd-certfile', 'etcd-keyfile': 'etcd-keyfile' },
    ...{ 'etcd-key-prefix': 'etcd-key-prefix', 'known-hosts-file': 'known-hosts-file' },
  },
  switches: { help: 'help', h: 'help', version: 'version', [STRICT]: STRICT },
};
const HELP = ['help', '--help', '-h'];

/** What deisctl makes of its words before the command looks at them (Deis, deisctl/deisctl.go). */
export interface CommandLine {
  /** The options before the command. */
  readonly flags: ParsedFlags;
  /** What is wrong with them, in docopt's words. */
  readonly mistake: string | undefined;
  /** Empty when there is none. */
  readonly command: string;
  /** What follows it; deisctl's own options are lost there, if written with `=`. */
  readonly args: readonly string[];
  /** Options before the command that are not written with `=`: the command falls over them. */
  readonly isMisplaced: boolean;
  /** Help is wanted of something: no tunnel is made. */
  readonly asksForHelp: boolean;
}

export function takeApart(words: readonly string[]): CommandLine {
  const args = rearranged(words);
  const at = args.findIndex((arg, index) => !arg.startsWith('-') && !takesNext(args[index - 1]));
  const before = at < 0 ? args : args.slice(0, at);
  return {
    flags: parseFlags(before, OPTIONS),
    mistake: mistakeIn(before, OPTIONS),
    command: at < 0 ? '' : (args[at] ?? ''),
    args: at < 0 ? [] : args.slice(at + 1).filter((arg) => !isOwn(arg)),
    isMisplaced: before.some((arg) => !isOwn(arg)),
    asksForHelp: args.some((arg) => HELP.includes(arg)),
  };
}

/** `help COMMAND` and `--help COMMAND` are `COMMAND --help`. */
function rearranged(words: readonly string[]): readonly string[] {
  const [first = '', ...rest] = words;
  if (!HELP.includes(first)) {
    return words;
  }
  return rest.length === 0 ? ['help'] : [...rest, '--help'];
}

/** What docopt says of an option with a value too many or too few; undefined when there is nothing to say. */
export function mistakeIn(args: readonly string[], table: FlagTable): string | undefined {
  for (const [index, arg] of args.entries()) {
    const option = arg.split('=', 1)[0] ?? '';
    const name = option.replace(/^--?/, '');
    if (option.startsWith('-') && option !== arg && table.switches[name] !== undefined) {
      return `${option} must not have an argument`;
    }
    const isLast = index === args.length - 1;
    if (option.startsWith('-') && option === arg && isLast && table.values[name] !== undefined) {
      return `${option} requires argument`;
    }
  }
  return undefined;
}

const takesNext = (arg: string | undefined): boolean =>
  arg !== undefined && !arg.includes('=') && OPTIONS.values[arg.replace(/^--?/, '')] !== undefined;

/** The options that are taken away before the command reads its own. */
function isOwn(arg: string): boolean {
  const [, name = ''] = /^--([^=]+)=/.exec(arg) ?? [];
  return name === STRICT || OPTIONS.values[name] !== undefined;
}
