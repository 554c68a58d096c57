import type { HostInside } from '../../inside';
import { formatDuration } from '../../systemd/duration';
import type { Unit } from '../../systemd/unit';
import { formatTimestamp } from '../format';

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

/** `systemctl show`: the properties in systemd's own order, a service's before those of every unit. */
export function propertiesOf(inside: HostInside, unit: Unit): readonly (readonly [string, string])[] {
  return [...(unit.config.name.kind === 'service' ? ofService(unit) : []), ...ofUnit(inside, unit)];
}

function ofService(unit: Unit): [string, string][] {
  const { config } = unit;
  const environment = Object.entries(config.environment).map(([name, value]) => `${name}=${value}`);
  const command = (key: string, commands: typeof config.start): [string, string][] =>
    commands.map(({ argv, ignoresFailure }) => [
      key,
      `{ path=${argv[0] ?? ''} ; argv[]=${argv.join(' ')} ; ignore_errors=${yesNo(ignoresFailure)} ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }`,
    ]);
  return [
    ['Type', config.type],
    ['Restart', config.restart],
    ['RestartUSec', formatDuration(config.restartMs)],
    ['TimeoutStartUSec', formatDuration(config.timeoutStartMs)],
    ['TimeoutStopUSec', formatDuration(config.timeoutStopMs)],
    ['RemainAfterExit', yesNo(config.remainAfterExit)],
    ['MainPID', String(unit.main?.pid ?? 0)],
    ['ControlPID', String(unit.control?.pid ?? 0)],
    ['Result', unit.result],
    ['NRestarts', String(unit.restarts)],
    ['ExecMainPID', String(unit.main?.pid ?? unit.lastMainPid)],
    ['ExecMainCode', String(unit.mainExit === undefined ? 0 : unit.mainExit.kind === 'exited' ? 1 : 2)],
    ['ExecMainStatus', String(unit.mainExitStatus)],
    ...command('ExecStartPre', config.startPre),
    ...command('ExecStart', config.start),
    ...command('ExecStartPost', config.startPost),
    ...command('ExecStop', config.stop),
    ...command('ExecStopPost', config.stopPost),
    ['Slice', 'system.slice'],
    ['ControlGroup', unit.main === undefined ? '' : `/system.slice/${unit.name}`],
    ['Environment', environment.join(' ')],
    [
      'EnvironmentFiles',
      config.environmentFiles
        .map((path) => `${path.replace(/^-/, '')} (ignore_errors=${yesNo(path.startsWith('-'))})`)
        .join(' '),
    ],
    ['WorkingDirectory', config.workingDirectory === '/' ? '' : config.workingDirectory],
    ['User', config.user === 'root' ? '' : config.user],
    ['KillMode', 'control-group'],
  ];
}

function ofUnit({ manager, kernel }: HostInside, unit: Unit): [string, string][] {
  const { config } = unit;
  const list = (names: readonly string[]): string => names.join(' ');
  const isLoaded = unit.load === 'loaded';
  const isActive = unit.active === 'active';
  return [
    ['Id', unit.name],
    ['Names', unit.name],
    ['Requires', list(config.requires)],
    ['Wants', list(config.wants)],
    ['BindsTo', list(config.bindsTo)],
    ['PartOf', list(config.partOf)],
    ['WantedBy', list(config.wantedBy)],
    ['Conflicts', list(config.conflicts)],
    ['Before', list(config.before)],
    ['After', list(config.after)],
    ['Description', config.description],
    ['LoadState', unit.load],
    ['ActiveState', unit.active],
    ['SubState', unit.sub],
    ['FragmentPath', unit.fragment?.path ?? ''],
    ['DropInPaths', list((unit.fragment?.dropIns ?? []).map(({ path }) => path))],
    ['UnitFileState', manager.store.state(unit.name)],
    ['UnitFilePreset', unit.fragment === undefined ? '' : 'enabled'],
    ['StateChangeTimestamp', isLoaded ? formatTimestamp(unit.since) : ''],
    ['ActiveEnterTimestamp', unit.activeSince === undefined ? '' : formatTimestamp(unit.activeSince)],
    ['InactiveEnterTimestamp', isActive || !isLoaded ? '' : formatTimestamp(unit.since)],
    ['CanStart', yesNo(isLoaded)],
    ['CanStop', yesNo(isLoaded)],
    ['CanReload', 'no'],
    ['NeedDaemonReload', yesNo(manager.needsReload(unit))],
    ['ConditionResult', yesNo(isActive && !unit.conditionFailed)],
    ['ActiveEnterTimestampMonotonic', String(monotonic(unit.activeSince, kernel.timeline.now()))],
    ['StartLimitIntervalUSec', formatDuration(config.startLimitMs)],
    ['StartLimitBurst', String(config.startLimitBurst)],
    ['InvocationID', unit.invocationId],
    ['CollectMode', unit.collectsFailed ? 'inactive-or-failed' : 'inactive'],
  ];
}

const monotonic = (at: number | undefined, now: number): number => (at === undefined ? 0 : Math.max(0, now - at));
