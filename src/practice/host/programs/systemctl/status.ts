import type { ProgramContext } from '../../../programs/program';
import type { HostInside } from '../../inside';
import { insideOf } from '../../inside';
import { formatAge } from '../../systemd/duration';
import { describeExit } from '../../systemd/exitStatus';
import type { Unit } from '../../systemd/unit';
import { withSuffix } from '../../systemd/unitName';
import { formatTimestamp } from '../format';
import { formatEntry } from '../journalctl/formatEntry';
import type { ParsedOptions } from '../options';

const DOTS: Readonly<Record<string, string>> = { failed: '×', inactive: '○', activating: '●', reloading: '↻' };
const DEFAULT_LINES = 10;
/** Exit codes of `systemctl status` (the LSB's). */
const NOT_RUNNING = 3;
const UNKNOWN = 4;

export function status(context: ProgramContext, options: ParsedOptions): number {
  const inside = insideOf(context.host);
  let code = 0;
  options.words.forEach((word, index) => {
    const unit = inside.manager.unit(withSuffix(word));
    if (unit.load === 'not-found' && unit.active === 'inactive') {
      context.stderr(`Unit ${unit.name} could not be found.\n`);
      code = UNKNOWN;
      return;
    }
    context.stdout(`${index > 0 ? '\n' : ''}${describeUnit(inside, unit, options)}`);
    if (inside.manager.needsReload(unit)) {
      context.stderr(reloadHint(unit.name));
    }
    if (unit.active !== 'active' && code === 0) {
      code = NOT_RUNNING;
    }
  });
  return code;
}

/** The whole block, as systemd 252 prints it (the recorded `status-controller-local`). */
export function describeUnit(inside: HostInside, unit: Unit, options: ParsedOptions): string {
  const lines = [
    `${DOTS[unit.active] ?? '●'} ${unit.title}`,
    field('Loaded', loaded(inside, unit)),
    ...dropIns(unit),
    field('Active', active(inside, unit)),
    ...(unit.conditionFailed ? [`  Condition: start condition failed at ${formatTimestamp(unit.since)}`] : []),
    ...unit.executed.map((run) => field('Process', `${run.pid} ${run.key}=${run.text} (${run.outcome})`)),
    ...mainPid(unit),
    ...controlGroup(inside, unit),
  ];
  const count = Number(options.values.get('lines')?.at(-1) ?? DEFAULT_LINES);
  const entries = count === 0 ? [] : inside.journal.read({ unit: unit.name, lines: count });
  const journal = entries.map((entry) => formatEntry(entry, 'short', inside.hostname()));
  return `${[...lines, ...(journal.length > 0 ? ['', ...journal] : [])].join('\n')}\n`;
}

const reloadHint = (name: string): string =>
  `Warning: The unit file, source configuration file or drop-ins of ${name} changed on disk. Run 'systemctl daemon-reload' to reload units.\n`;

const field = (name: string, value: string): string => `${name.padStart(11)}: ${value}`;

function loaded({ manager }: HostInside, unit: Unit): string {
  if (unit.load !== 'loaded') {
    const why = {
      'not-found': 'Reason: Unit %s not found.',
      masked: 'Reason: Unit %s is masked.',
      'bad-setting': 'Reason: Unit %s has a bad unit file setting.',
    }[unit.load];
    return `${unit.load === 'not-found' ? 'not-found' : unit.load} (${why.replace('%s', unit.name)})`;
  }
  const state = manager.store.state(unit.name);
  const preset = state === 'transient' || state === 'static' ? '' : '; preset: enabled';
  return `loaded (${unit.fragment?.path ?? ''}${state === '' ? '' : `; ${state}`}${preset})`;
}

/** Folders of drop-ins, with their files below. */
function dropIns(unit: Unit): string[] {
  const files = unit.fragment?.dropIns ?? [];
  const folders = [...new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf('/'))))];
  return folders.flatMap((folder, index) => {
    const names = files
      .filter(({ path }) => path.startsWith(`${folder}/`))
      .map(({ path }) => path.slice(folder.length + 1));
    const label = index === 0 ? field('Drop-In', folder) : `${' '.repeat(13)}${folder}`;
    return [label, `${' '.repeat(13)}└─${names.join(', ')}`];
  });
}

function active({ kernel }: HostInside, unit: Unit): string {
  const { active: state, sub, result, since } = unit;
  const result_ = result === 'success' ? '' : ` (Result: ${result})`;
  const words = state === 'failed' ? `failed${result_}` : `${state} (${sub})${state === 'activating' ? result_ : ''}`;
  if (state === 'inactive' && unit.activeSince === undefined && unit.lastMainPid === 0) {
    return words;
  }
  return `${words} since ${formatTimestamp(since)}; ${formatAge(kernel.timeline.now() - since)}`;
}

function mainPid(unit: Unit): string[] {
  if (unit.main !== undefined) {
    return [field('Main PID', `${unit.main.pid} (${unit.main.name})`)];
  }
  return unit.mainExit === undefined ? [] : [field('Main PID', `${unit.lastMainPid} (${describeExit(unit.mainExit)})`)];
}

function controlGroup({ processTable }: HostInside, unit: Unit): string[] {
  const processes = processTable.ofUnit(unit.name);
  if (processes.length === 0) {
    return [];
  }
  const rows = processes.map(({ pid, command }, index) => {
    const branch = index === processes.length - 1 ? '└─' : '├─';
    return `${' '.repeat(13)}${branch}${pid} ${command}`;
  });
  return [field('CGroup', `/system.slice/${unit.name}`), ...rows];
}
