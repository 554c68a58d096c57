import type { ExecCommand } from './commandLine';
import { parseAssignments, parseExec } from './commandLine';
import { parseDuration } from './duration';
import type { Assignment } from './unitFile';
import { valuesOf } from './unitFile';
import type { UnitName } from './unitName';
import { escapedPath, parseUnitName } from './unitName';

export type ServiceType = 'simple' | 'oneshot' | 'notify' | 'forking' | 'dbus' | 'idle' | 'exec';
export type RestartPolicy = 'no' | 'always' | 'on-success' | 'on-failure' | 'on-abnormal' | 'on-abort' | 'on-watchdog';

export interface Condition {
  readonly kind: string;
  readonly argument: string;
  readonly negated: boolean;
}

/** A unit's settings, drop-ins merged and specifiers replaced. */
export interface UnitConfig {
  readonly name: UnitName;
  readonly description: string;
  readonly requires: readonly string[];
  readonly requisite: readonly string[];
  readonly wants: readonly string[];
  readonly bindsTo: readonly string[];
  readonly partOf: readonly string[];
  readonly conflicts: readonly string[];
  readonly after: readonly string[];
  readonly before: readonly string[];
  readonly conditions: readonly Condition[];
  readonly type: ServiceType;
  readonly startPre: readonly ExecCommand[];
  readonly start: readonly ExecCommand[];
  readonly startPost: readonly ExecCommand[];
  readonly stop: readonly ExecCommand[];
  readonly stopPost: readonly ExecCommand[];
  readonly remainAfterExit: boolean;
  readonly restart: RestartPolicy;
  readonly restartMs: number;
  readonly timeoutStartMs: number;
  readonly timeoutStopMs: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentFiles: readonly string[];
  readonly user: string;
  readonly workingDirectory: string;
  readonly successExitStatus: readonly number[];
  readonly startLimitBurst: number;
  readonly startLimitMs: number;
  readonly listens: readonly string[];
  readonly socketService: string | undefined;
  /** What a swap or mount unit is about. */
  readonly what: string | undefined;
  readonly wantedBy: readonly string[];
  readonly requiredBy: readonly string[];
  readonly aliases: readonly string[];
  readonly hasInstall: boolean;
  /** Why systemd refuses it (`bad-setting`); undefined when it is fine. */
  readonly problem: string | undefined;
}

export interface SpecifierFacts {
  readonly machineId: string;
  readonly hostname: string;
  readonly bootId: string;
}

const TYPES: readonly ServiceType[] = ['simple', 'oneshot', 'notify', 'forking', 'dbus', 'idle', 'exec'];
const POLICIES: readonly RestartPolicy[] = [
  'no',
  'always',
  'on-success',
  'on-failure',
  'on-abnormal',
  'on-abort',
  'on-watchdog',
];

/** Settings by section and key, specifiers replaced. */
class Settings {
  constructor(
    private readonly assignments: readonly Assignment[],
    readonly expand: (text: string) => string,
  ) {}

  all(section: string, key: string): string[] {
    return valuesOf(this.assignments, section, key).map(this.expand);
  }

  one(section: string, key: string): string | undefined {
    return this.all(section, key).at(-1);
  }

  /** Several names in one value. */
  list(section: string, key: string): string[] {
    return this.all(section, key).flatMap((value) => value.split(/\s+/));
  }

  execs(key: string): ExecCommand[] {
    return this.all('Service', key).map(parseExec);
  }

  /** Of time-outs 0 means none. */
  duration(key: string, fallback: number): number {
    const value = this.one('Service', key);
    const parsed = value === undefined ? undefined : parseDuration(value);
    return parsed === undefined ? fallback : parsed === 0 && key.startsWith('Timeout') ? Infinity : parsed;
  }
}

export function readUnitConfig(
  fullName: string,
  assignments: readonly Assignment[],
  facts: SpecifierFacts,
): UnitConfig {
  const name = parseUnitName(fullName);
  const settings = new Settings(assignments, (text) => expandSpecifiers(text, name, facts));
  return {
    name,
    description: settings.one('Unit', 'Description') ?? fullName,
    ...readDependencies(settings),
    conditions: conditionsOf(assignments, settings.expand),
    ...readExecs(settings),
    ...readLimits(settings),
    environment: parseAssignments(settings.all('Service', 'Environment').join(' ')),
    environmentFiles: settings.all('Service', 'EnvironmentFile'),
    user: settings.one('Service', 'User') ?? 'root',
    workingDirectory: settings.one('Service', 'WorkingDirectory') ?? '/',
    listens: ['ListenStream', 'ListenDatagram', 'ListenFIFO'].flatMap((key) => settings.all('Socket', key)),
    socketService: settings.one('Socket', 'Service'),
    what: settings.one('Swap', 'What') ?? settings.one('Mount', 'What'),
    wantedBy: settings.list('Install', 'WantedBy'),
    requiredBy: settings.list('Install', 'RequiredBy'),
    aliases: settings.list('Install', 'Alias'),
    hasInstall: assignments.some(({ section }) => section === 'Install'),
    problem: fullName.endsWith('.swap')
      ? swapProblem(name, settings.one('Swap', 'What'))
      : problemOf(fullName, settings.one('Service', 'Type'), settings.execs('ExecStart')),
  };
}

type Dependencies = Pick<
  UnitConfig,
  'requires' | 'requisite' | 'wants' | 'bindsTo' | 'partOf' | 'conflicts' | 'after' | 'before'
>;

const readDependencies = (settings: Settings): Dependencies => ({
  requires: settings.list('Unit', 'Requires'),
  requisite: settings.list('Unit', 'Requisite'),
  wants: settings.list('Unit', 'Wants'),
  bindsTo: [...settings.list('Unit', 'BindsTo'), ...settings.list('Unit', 'BindTo')],
  partOf: settings.list('Unit', 'PartOf'),
  conflicts: settings.list('Unit', 'Conflicts'),
  after: settings.list('Unit', 'After'),
  before: settings.list('Unit', 'Before'),
});

type Execs = Pick<
  UnitConfig,
  | 'type'
  | 'startPre'
  | 'start'
  | 'startPost'
  | 'stop'
  | 'stopPost'
  | 'remainAfterExit'
  | 'restart'
  | 'successExitStatus'
>;

function readExecs(settings: Settings): Execs {
  const type = settings.one('Service', 'Type');
  const start = settings.execs('ExecStart');
  return {
    type: TYPES.find((known) => known === type) ?? (start.length === 0 ? 'oneshot' : 'simple'),
    startPre: settings.execs('ExecStartPre'),
    start,
    startPost: settings.execs('ExecStartPost'),
    stop: settings.execs('ExecStop'),
    stopPost: settings.execs('ExecStopPost'),
    remainAfterExit: isYes(settings.one('Service', 'RemainAfterExit')),
    restart: POLICIES.find((known) => known === settings.one('Service', 'Restart')) ?? 'no',
    successExitStatus: settings.list('Service', 'SuccessExitStatus').map(Number),
  };
}

type Limits = Pick<UnitConfig, 'restartMs' | 'timeoutStartMs' | 'timeoutStopMs' | 'startLimitBurst' | 'startLimitMs'>;

function readLimits(settings: Settings): Limits {
  const common = settings.duration('TimeoutSec', 90_000);
  const isOneshot = settings.one('Service', 'Type') === 'oneshot';
  const interval =
    settings.one('Unit', 'StartLimitIntervalSec') ??
    settings.one('Unit', 'StartLimitInterval') ??
    settings.one('Service', 'StartLimitInterval');
  const burst = settings.one('Unit', 'StartLimitBurst') ?? settings.one('Service', 'StartLimitBurst');
  return {
    restartMs: settings.duration('RestartSec', 100),
    // A oneshot has no time-out of its own: systemd.service(5), TimeoutStartSec.
    timeoutStartMs: settings.duration('TimeoutStartSec', isOneshot ? Infinity : common),
    timeoutStopMs: settings.duration('TimeoutStopSec', common),
    startLimitBurst: Number(burst ?? 5),
    startLimitMs: parseDuration(interval ?? '10s') ?? 10_000,
  };
}

/** Which settings systemd refuses outright (service_verify; the recorded `start-bad-service-type`). */
function problemOf(fullName: string, type: string | undefined, start: readonly ExecCommand[]): string | undefined {
  if (!fullName.endsWith('.service')) {
    return undefined;
  }
  if (start.length === 0 && type !== 'oneshot') {
    return 'Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.';
  }
  if (start.length > 1 && type !== 'oneshot') {
    return 'Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.';
  }
  return undefined;
}

/** The name says which file it is: `var-vm-swapfile1.swap` for /var/vm/swapfile1 (systemd.swap(5)). */
function swapProblem(name: UnitName, what: string | undefined): string | undefined {
  if (what === undefined) {
    return 'What= setting is missing. Refusing.';
  }
  return escapedPath(what) === name.prefix ? undefined : 'Value of What= and unit name do not match, not loading.';
}

function conditionsOf(assignments: readonly Assignment[], expand: (text: string) => string): Condition[] {
  return assignments
    .filter(({ section, key, value }) => section === 'Unit' && key.startsWith('Condition') && value !== '')
    .map(({ key, value }) => {
      const text = expand(value);
      const negated = text.startsWith('!');
      return { kind: key.slice('Condition'.length), argument: negated ? text.slice(1).trim() : text, negated };
    });
}

function expandSpecifiers(text: string, name: UnitName, facts: SpecifierFacts): string {
  if (!text.includes('%')) {
    return text;
  }
  const values: Readonly<Record<string, string>> = {
    n: name.full,
    N: name.full.slice(0, name.full.lastIndexOf('.')),
    p: name.prefix,
    P: name.prefix,
    i: name.instance ?? '',
    I: (name.instance ?? '').replaceAll('-', '/'),
    f: `/${name.instance ?? name.prefix}`,
    m: facts.machineId,
    b: facts.bootId,
    H: facts.hostname,
    v: '4.5.7-coreos',
    t: '/run',
    u: 'root',
    U: '0',
    h: '/root',
    s: '/bin/sh',
    '%': '%',
  };
  return text.replace(/%([a-zA-Z%])/g, (match, letter: string) => values[letter] ?? match);
}

const isYes = (value: string | undefined): boolean => /^(?:1|yes|y|true|t|on)$/i.test(value ?? '');
