/** One family of numbers as a Go program tells Prometheus of it. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** By label; a number alone has none. A family without samples is not told. */
  readonly value: number | Readonly<Record<string, number>>;
}

/** Content type of Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** By name, each with its help and type (Prometheus, exposition format 0.0.4). */
export const writeMetrics = (metrics: readonly Metric[]): string =>
  [...metrics]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(writeMetric)
    .join('');

function writeMetric({ name, help, type, value }: Metric): string {
  const samples: readonly (readonly [string, number])[] =
    typeof value === 'number' ? [['', value]] : Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = samples.map(([label, one]) => `${name}${label === '' ? '' : `{${label}}`} ${goFloat(one)}\n`);
  return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** A number as Go's `strconv.FormatFloat(f, 'g', -1, 64)`: with an exponent from a million on. */
export function goFloat(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-4 && size < 1e6)) {
    return String(value);
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`;
}

/** What every Go program tells of its own process. */
export const processMetrics = (of: {
  readonly memoryMb: number;
  readonly startedAt: number;
  readonly fds: number;
}): Metric[] => [
  gauge('process_max_fds', 'Maximum number of open file descriptors.', 40_000),
  gauge('process_open_fds', 'Number of open file descriptors.', of.fds),
  gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', of.memoryMb * 1_048_576),
  gauge(
    'process_start_time_seconds',
    'Start time of the process since unix epoch in seconds.',
    Math.floor(of.startedAt / 10) / 100,
  ),
];

export const gauge = (name: string, help: string, value: Metric['value']): Metric => ({
  ...{ name, help, type: 'gauge', value },
});
export const counter = (name: string, help: string, value: Metric['value']): Metric => ({
  ...{ name, help, type: 'counter', value },
});
