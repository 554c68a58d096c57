import type { FleetVersion } from '../version';

type Version = FleetVersion['short'];
export type OptionKind = 'switch' | 'number' | 'text';

/** Options of every verb, and where they may stand before it: in 1.0 anywhere, in 0.11 only there. */
export const GLOBAL_OPTIONS: Readonly<Record<string, OptionKind>> = {
  ...{ endpoint: 'text', driver: 'text', tunnel: 'text', 'request-timeout': 'text', 'ssh-timeout': 'text' },
  ...{ 'ssh-username': 'text', 'known-hosts-file': 'text', 'etcd-key-prefix': 'text' },
  ...{ 'ca-file': 'text', 'cert-file': 'text', 'key-file': 'text' },
  ...{ 'etcd-cafile': 'text', 'etcd-certfile': 'text', 'etcd-keyfile': 'text' },
  ...{ 'strict-host-key-checking': 'switch', 'experimental-api': 'switch' },
  ...{ debug: 'switch', help: 'switch', h: 'switch', version: 'switch' },
};

interface Option {
  readonly kind: OptionKind;
  readonly fallback: string;
  readonly about: string;
}

const option = (kind: OptionKind, about: string, fallback = kind === 'switch' ? 'false' : ''): Option => ({
  ...{ kind, about, fallback },
});

const OPTIONS = {
  full: option('switch', 'Whole ids and hashes'),
  l: option('switch', 'As --full'),
  'no-legend': option('switch', 'No line of column names'),
  fields: option('text', 'Names of the columns, with commas'),
  sign: option('switch', 'Does nothing any more'),
  replace: option('switch', 'Put the local file in the place of a unit that differs'),
  'no-block': option('switch', 'Do not wait until it is done'),
  'block-attempts': option('number', 'How often to look whether it is done, 0 for ever', '0'),
  lines: option('number', 'How many lines', '10'),
  follow: option('switch', 'Go on with what is written from now on'),
  f: option('switch', 'As --follow'),
  sudo: option('switch', 'Read the journal as root'),
  output: option('text', 'What journalctl is to write', 'short'),
  'ssh-port': option('number', 'Where the machines’ sshd listens', '22'),
  machine: option('text', 'The beginning of a machine’s id'),
  unit: option('text', 'A unit, for the machine that has it'),
  'forward-agent': option('switch', 'Lend the machine the agent'),
  A: option('switch', 'As --forward-agent'),
} as const satisfies Record<string, Option>;
type OptionName = keyof typeof OPTIONS;

interface VerbOptions {
  readonly usage: string;
  readonly names?: readonly OptionName[];
  /** Options that 0.11 does not have. */
  readonly added?: readonly OptionName[];
  readonly since?: '1.0';
}

const BLOCKING = ['block-attempts', 'no-block'] as const;
const BLOCKED = '[--no-block|--block-attempts=N] UNIT...';

const VERBS: Readonly<Record<string, VerbOptions>> = {
  cat: { usage: 'UNIT' },
  destroy: { usage: 'UNIT...', added: BLOCKING },
  'fd-forward': { usage: 'SOCKET' },
  help: { usage: '[COMMAND]' },
  journal: {
    usage: '[--lines=N] [--ssh-port=N] [-f|--follow] [--output=STRING] <unit>',
    names: ['f', 'follow', 'lines', 'output', 'ssh-port', 'sudo'],
  },
  'list-machines': { usage: '[-l|--full] [--no-legend]', names: ['fields', 'full', 'l', 'no-legend'] },
  'list-unit-files': { usage: '[--fields]', names: ['fields', 'full', 'no-legend'] },
  'list-units': { usage: '[--no-legend] [-l|--full] [--fields]', names: ['fields', 'full', 'l', 'no-legend'] },
  load: { usage: BLOCKED, names: [...BLOCKING, 'sign'], added: ['replace'] },
  restart: { usage: '[--block-attempts=N] UNIT...', names: ['block-attempts'], since: '1.0' },
  ssh: {
    usage: '[-A|--forward-agent] [--ssh-port=N] [--machine|--unit] {MACHINE|UNIT}',
    names: ['A', 'forward-agent', 'machine', 'ssh-port', 'unit'],
  },
  start: { usage: BLOCKED, names: [...BLOCKING, 'sign'], added: ['replace'] },
  status: { usage: '[--ssh-port=N] UNIT...', names: ['ssh-port'] },
  stop: { usage: BLOCKED, names: BLOCKING },
  submit: { usage: 'UNIT...', names: ['sign'], added: ['replace'] },
  unload: { usage: 'UNIT...', names: BLOCKING },
  verify: { usage: 'UNIT' },
  version: { usage: '' },
};

export const isVerb = (verb: string, version: Version): boolean =>
  Object.hasOwn(VERBS, verb) && (VERBS[verb]?.since === undefined || version === '1.0');

export const verbsOf = (version: Version): string[] => Object.keys(VERBS).filter((verb) => isVerb(verb, version));

export const usageOf = (verb: string): string => `fleetctl ${verb} ${VERBS[verb]?.usage ?? ''}`.trimEnd();

/** A verb's own options, by name. */
export function optionsOf(verb: string, version: Version): Readonly<Record<string, Option>> {
  const { names = [], added = [] } = VERBS[verb] ?? {};
  const all = [...names, ...(version === '1.0' ? added : [])].sort();
  return Object.fromEntries(all.map((name) => [name, OPTIONS[name]]));
}
