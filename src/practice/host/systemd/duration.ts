const UNITS_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** systemd.time(7): `20m`, `1min 30s`, `5` (seconds), `infinity`. Undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === 'infinity') {
    return Infinity;
  }
  const parts = [...trimmed.matchAll(/([0-9.]+)\s*([a-z]*)\s*/gy)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== trimmed) {
    return undefined;
  }
  let total = 0;
  for (const [, amount = '0', unit = ''] of parts) {
    const factor = unit === '' ? 1000 : UNITS_MS[unit];
    if (factor === undefined || Number.isNaN(Number(amount))) {
      return undefined;
    }
    total += Number(amount) * factor;
  }
  return total;
}

const SPANS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** As `systemctl show` and `status` print a span: `3min 6s`, `46s`, `32ms`, `infinity`. */
export function formatDuration(ms: number, parts = Infinity): string {
  if (ms === Infinity) {
    return 'infinity';
  }
  const words: string[] = [];
  let rest = Math.floor(ms);
  for (const [unit, size] of SPANS) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0 && words.length < parts) {
      words.push(`${amount}${unit}`);
    }
  }
  return words.length === 0 ? '0' : words.join(' ');
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `3min 6s ago`, coarser the longer ago it is (format_timestamp_relative). */
export function formatAge(ms: number): string {
  const whole = (size: number): number => Math.floor(ms / size);
  if (ms >= 2 * DAY) {
    return `${whole(DAY)} days ago`;
  }
  if (ms >= 25 * HOUR) {
    return `1 day ${whole(HOUR) - 24}h ago`;
  }
  if (ms >= 6 * HOUR) {
    return `${whole(HOUR)}h ago`;
  }
  if (ms >= HOUR) {
    return `${whole(HOUR)}h ${whole(MINUTE) % 60}min ago`;
  }
  if (ms >= 5 * MINUTE) {
    return `${whole(MINUTE)}min ago`;
  }
  if (ms >= MINUTE) {
    return `${whole(MINUTE)}min ${whole(1000) % 60}s ago`;
  }
  return ms >= 1000 ? `${whole(1000)}s ago` : `${Math.max(1, Math.floor(ms))}ms ago`;
}
