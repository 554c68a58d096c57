import type { ProgramContext } from '../../../programs/program';
import { insideOf } from '../../inside';
import type { Unit } from '../../systemd/unit';
import { matchesPattern } from '../../systemd/unitName';
import { formatTable } from '../format';
import type { ParsedOptions } from '../options';

const LEGEND = `
LOAD   = Reflects whether the unit definition was properly loaded.
ACTIVE = The high-level unit activation state, i.e. generalization of SUB.
SUB    = The low-level unit activation state, values depend on unit type.
`;

const split = (options: ParsedOptions, name: string): string[] =>
  (options.values.get(name) ?? []).flatMap((list) => list.split(','));

export function listUnits(context: ProgramContext, options: ParsedOptions): number {
  const { manager } = insideOf(context.host);
  const units = manager.units.filter((unit) => isListed(unit, options));
  const hasDots = !options.flags.has('plain');
  const rows = units.map((unit) => [
    unit.name,
    unit.load,
    unit.active,
    unit.sub,
    ...(manager.jobs.pending(unit.name) === undefined ? [] : []),
    unit.config.description,
  ]);
  const dots = units.map((unit) => (!hasDots ? '' : unit.active === 'failed' || unit.load !== 'loaded' ? '● ' : '  '));
  if (options.flags.has('no-legend')) {
    context.stdout(
      formatTable(rows)
        .map((row, index) => `${dots[index] ?? ''}${row}\n`)
        .join(''),
    );
    return 0;
  }
  const lines = formatTable([['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'], ...rows]);
  const table = lines.map((row, index) => `${index === 0 ? (hasDots ? '  ' : '') : (dots[index - 1] ?? '')}${row}\n`);
  const isNarrowed = options.flags.has('all') || options.flags.has('failed') || options.values.has('state');
  const hint = isNarrowed
    ? ''
    : ` Pass --all to see loaded but inactive units, too.\nTo show all installed unit files use 'systemctl list-unit-files'.`;
  const allHint = options.flags.has('all') ? `\nTo show all installed unit files use 'systemctl list-unit-files'.` : '';
  context.stdout(
    `${table.join('')}${units.length > 0 ? `${LEGEND}\n` : ''}${units.length} loaded units listed.${hint}${allHint}\n`,
  );
  return 0;
}

function isListed(unit: Unit, options: ParsedOptions): boolean {
  const states = [...split(options, 'state'), ...(options.flags.has('failed') ? ['failed'] : [])];
  const types = split(options, 'type');
  if (options.words.length > 0 && !options.words.some((pattern) => matchesPattern(unit.name, pattern))) {
    return false;
  }
  if (types.length > 0 && !types.includes(unit.config.name.kind)) {
    return false;
  }
  if (states.length > 0) {
    return states.some((state) => [unit.load, unit.active, unit.sub].includes(state));
  }
  return options.flags.has('all') || unit.active !== 'inactive';
}

export function listUnitFiles(context: ProgramContext, options: ParsedOptions): number {
  const { manager } = insideOf(context.host);
  const types = split(options, 'type');
  const states = split(options, 'state');
  const rows = manager.store
    .fileNames()
    .filter((name) => options.words.length === 0 || options.words.some((pattern) => matchesPattern(name, pattern)))
    .filter((name) => types.length === 0 || types.some((type) => name.endsWith(`.${type}`)))
    .map((name) => [name, manager.store.state(name)] as const)
    .filter(([, state]) => states.length === 0 || states.includes(state))
    .map(([name, state]) => [name, state, state === 'static' || state === 'transient' ? '-' : 'enabled']);
  const lines = formatTable([['UNIT FILE', 'STATE', 'PRESET'], ...rows]);
  if (options.flags.has('no-legend')) {
    context.stdout(
      formatTable(rows)
        .map((row) => `${row}\n`)
        .join(''),
    );
  } else {
    context.stdout(`${lines.join('\n')}\n\n${rows.length} unit files listed.\n`);
  }
  return 0;
}

export function listJobs(context: ProgramContext, options: ParsedOptions): number {
  const { manager } = insideOf(context.host);
  const jobs = manager.units.flatMap((unit) => manager.jobs.pending(unit.name) ?? []);
  if (jobs.length === 0) {
    context.stdout(options.flags.has('no-legend') ? '' : 'No jobs running.\n');
    return 0;
  }
  const rows = jobs.map((job, index) => [
    String(100 + index),
    job.unit.name,
    job.kind,
    job.waitsFor.size > 0 ? 'waiting' : 'running',
  ]);
  const lines = formatTable([['JOB', 'UNIT', 'TYPE', 'STATE'], ...rows]);
  context.stdout(`${lines.join('\n')}\n\n${jobs.length} jobs listed.\n`);
  return 0;
}
