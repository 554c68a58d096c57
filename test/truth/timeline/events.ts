/** One answer of a probe: `at` seconds after the event, asked for `ms`. */
export interface Sample {
  readonly at: number;
  readonly probe: string;
  readonly ms: number;
  readonly exit: number | 'running' | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** An answer that showed something else than the one before. */
export interface Event {
  readonly asked: number;
  /** When the answer had come; a probe's very first tells of no change: when it was asked for. */
  readonly at: number;
  readonly probe: string;
  readonly condition: string;
}

interface UnitRow {
  readonly unit: string;
  readonly machine: string;
  readonly state: string;
}

/** `unit\tmachine.../ip\tload\tactive\tsub`; a first line of columns is none. */
const parseList = (text: string): UnitRow[] =>
  text
    .split('\n')
    .filter((line) => line.includes('.service'))
    .map((line) => {
      const [unit = '', machine = '', , active = '', sub = ''] = line.split(/\t+/);
      return { unit, machine: machine.slice(0, 8), state: `${active}/${sub}` };
    });

function parseStates(text: string): UnitRow[] | undefined {
  const field = (name: string): string => `"${name}":"([^"]*)"`;
  if (!text.startsWith('{"states"')) return undefined;
  return [...text.matchAll(/\{[^{}]*"name":"[^{}]*\}/g)].map(([one]) => {
    const get = (name: string): string => new RegExp(field(name)).exec(one)?.[1] ?? '';
    const state = `${get('systemdActiveState')}/${get('systemdSubState')}`;
    return { unit: get('name'), machine: get('machineID').slice(0, 8), state };
  });
}

/** An error by its words; addresses and quoted requests are left out. */
const failure = ({ stdout, stderr }: Sample): string =>
  /Error \d{3}|"code":\d{3}|connection reset/i
    .exec(stderr + stdout)?.[0]
    .replace('"code":', 'Error ')
    .toLowerCase() ?? 'fails';

/** What a list of units says of the whole: from how many machines it has rows, and whether every unit runs that ever ran. */
function wholeOf(rows: readonly UnitRow[], known: ReadonlySet<string>): string {
  const machines = new Set(rows.map(({ machine }) => machine)).size;
  const isWhole =
    [...known].every((unit) => rows.some((row) => row.unit === unit)) &&
    rows.every(({ state }) => state === 'active/running');
  return `rows of ${machines} machines, ${isWhole ? 'all running' : 'some missing or not running'}`;
}

const rowsOf = (sample: Sample): UnitRow[] | undefined =>
  sample.probe === 'state' ? parseStates(sample.stdout) : sample.exit === 0 ? parseList(sample.stdout) : undefined;

function conditionOf(sample: Sample, known: ReadonlySet<string>): string {
  const { probe, stdout, exit } = sample;
  switch (probe) {
    case 'list-machines':
      return exit === 0 ? `${stdout.trimEnd().split('\n').length} machines` : failure(sample);
    case 'machines':
      return stdout.startsWith('{"machines"') ? `${stdout.split('"id"').length - 1} machines` : failure(sample);
    case 'list-unit-files':
      return exit === 0 ? filesOf(stdout) : failure(sample);
    case 'list-units':
    case 'deisctl-list':
    case 'state': {
      const rows = rowsOf(sample);
      return rows === undefined ? failure(sample) : wholeOf(rows, known);
    }
    case 'health':
      return /"health":"(\w+)"/.exec(stdout)?.[1] ?? 'no answer';
    case 'write':
      return /"errorCode":\d+/.exec(stdout)?.[0] ?? (stdout.startsWith('{"action"') ? 'written' : 'no answer');
    case 'cluster-health':
      return `exit ${String(exit)}`;
    default:
      return '';
  }
}

/** fleet's own list: is every unit where and what it is wanted to be (DSTATE and STATE)? */
function filesOf(text: string): string {
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\t+/));
  const late = rows.filter(([, wanted, state]) => state !== '-' && wanted !== state);
  return late.length === 0 ? 'all as wanted' : 'some not as wanted';
}

const answeredAt = ({ at, ms }: Sample): number => Math.round(at * 1_000 + ms) / 1_000;

/** What changed when, in the order in which the samples were taken. */
export function eventsOf(samples: readonly Sample[]): Event[] {
  const events: Event[] = [];
  for (const probe of new Set(samples.map((sample) => sample.probe))) {
    const own = samples.filter((sample) => sample.probe === probe);
    const known = new Set(own.flatMap((sample) => rowsOf(sample) ?? []).map(({ unit }) => unit));
    let before: string | undefined;
    for (const sample of own) {
      const condition = conditionOf(sample, known);
      const at = before === undefined ? sample.at : answeredAt(sample);
      if (condition !== before) events.push({ asked: sample.at, at, probe, condition });
      before = condition;
    }
  }
  return events.sort((a, b) => a.at - b.at);
}
