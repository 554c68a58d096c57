import type { ExecCommand } from './commandLine';
import { parseAssignments, parseExec } from './commandLine';
import { parseDuration } from './duration';
import type { Assignment } from './unitFile';
import { valuesOf } from './unitFile';
import type { UnitName } from './unitName';
import { parseUnitName } from './unitName';

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

export function readUnitConfig(
  fullName: string,
  assignments: readonly Assignment[],
  facts: SpecifierFacts,
): UnitConfig {
  const name = parseUnitName(fullName);
  const expand = (text: string): string => expandSpecifiers(text, name, facts);
  const all = (section: string, key: string): string[] => valuesOf(assignments, section, key).map(expand);
  const one = (section: string, key: string): string | undefined => all(section, key).at(-1);
  const list = (section: string, key: string): string[] => all(section, key).flatMap((value) => value.split(/\s+/));
  const execs = (key: string): ExecCommand[] => all('Service', key).map(parseExec);
  const duration = (key: string, fallback: number): number => {
    const value = one('Service', key);
    const parsed = value === undefined ? undefined : parseDuration(value);
    return parsed === undefined ? fallback : parsed === 0 && key.startsWith('Timeout') ? Infinity : parsed;
  };
  const type = one('Service', 'Type');
  const start = execs('ExecStart');
  const isOneshot = type === 'oneshot';
  const commonTimeout = duration('TimeoutSec', 90_000);
  return {
    name,
    description: one('Unit', 'Description') ?? fullName,
    requires: list('Unit', 'Requires'),
    requisite: list('Unit', 'Requisite'),
    wants: list('Unit', 'Wants'),
    bindsTo: [...list('Unit', 'BindsTo'), ...list('Unit', 'BindTo')],
    partOf: list('Unit', 'PartOf'),
    conflicts: list('Unit', 'Conflicts'),
    after: list('Unit', 'After'),
    before: list('Unit', 'Before'),
    conditions: conditionsOf(assignments, expand),
    type: TYPES.find((known) => known === type) ?? (start.length === 0 ? 'oneshot' : 'simple'),
    startPre: execs('ExecStartPre'),
    start,
    startPost: execs('ExecStartPost'),
    stop: execs('ExecStop'),
    stopPost: execs('ExecStopPost'),
    remainAfterExit: isYes(one('Service', 'RemainAfterExit')),
    restart: POLICIES.find((known) => known === one('Service', 'Restart')) ?? 'no',
    restartMs: duration('RestartSec', 100),
    // A oneshot has no time-out of its own: systemd.service(5), TimeoutStartSec.
    timeoutStartMs: duration('TimeoutStartSec', isOneshot ? Infinity : commonTimeout),
    timeoutStopMs: duration('TimeoutStopSec', commonTimeout),
    environment: parseAssignments(all('Service', 'Environment').join(' ')),
    environmentFiles: all('Service', 'EnvironmentFile'),
    user: one('Service', 'User') ?? 'root',
    workingDirectory: one('Service', 'WorkingDirectory') ?? '/',
    successExitStatus: list('Service', 'SuccessExitStatus').map(Number),
    startLimitBurst: Number(one('Unit', 'StartLimitBurst') ?? one('Service', 'StartLimitBurst') ?? 5),
    startLimitMs:
      parseDuration(
        one('Unit', 'StartLimitIntervalSec') ??
          one('Unit', 'StartLimitInterval') ??
          one('Service', 'StartLimitInterval') ??
          '10s',
      ) ?? 10_000,
    listens: ['ListenStream', 'ListenDatagram', 'ListenFIFO'].flatMap((key) => all('Socket', key)),
    socketService: one('Socket', 'Service'),
    wantedBy: list('Install', 'WantedBy'),
    requiredBy: list('Install', 'RequiredBy'),
    aliases: list('Install', 'Alias'),
    hasInstall: assignments.some(({ section }) => section === 'Install'),
    problem: problemOf(fullName, type, start),
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
