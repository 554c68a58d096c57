const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const pad = (value: number, width = 2, fill = '0'): string => String(value).padStart(width, fill);

function fields(at: number): Readonly<Record<string, string>> {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const [hours, minutes, seconds] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const dayOfYear = Math.floor((Date.UTC(year, month, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
  const [weekday, monthName] = [DAYS[date.getUTCDay()] ?? '', MONTHS[month] ?? ''];
  const time = `${pad(hours)}:${pad(minutes)}:${pad(seconds)}`;
  return {
    Y: String(year),
    y: pad(year % 100),
    C: pad(Math.floor(year / 100)),
    m: pad(month + 1),
    d: pad(day),
    e: pad(day, 2, ' '),
    H: pad(hours),
    k: pad(hours, 2, ' '),
    I: pad(hours % 12 || 12),
    l: pad(hours % 12 || 12, 2, ' '),
    M: pad(minutes),
    S: pad(seconds),
    N: `${pad(date.getUTCMilliseconds(), 3)}000000`,
    s: String(Math.floor(at / 1000)),
    j: pad(dayOfYear, 3),
    u: String(date.getUTCDay() || 7),
    w: String(date.getUTCDay()),
    a: weekday.slice(0, 3),
    A: weekday,
    b: monthName.slice(0, 3),
    h: monthName.slice(0, 3),
    B: monthName,
    p: hours < 12 ? 'AM' : 'PM',
    P: hours < 12 ? 'am' : 'pm',
    Z: 'UTC',
    z: '+0000',
    ':z': '+00:00',
    F: `${year}-${pad(month + 1)}-${pad(day)}`,
    T: time,
    R: `${pad(hours)}:${pad(minutes)}`,
    D: `${pad(month + 1)}/${pad(day)}/${pad(year % 100)}`,
    c: `${weekday.slice(0, 3)} ${monthName.slice(0, 3)} ${pad(day, 2, ' ')} ${time} ${year}`,
    x: `${pad(month + 1)}/${pad(day)}/${pad(year % 100)}`,
    X: time,
    r: `${pad(hours % 12 || 12)}:${pad(minutes)}:${pad(seconds)} ${hours < 12 ? 'AM' : 'PM'}`,
    n: '\n',
    t: '\t',
    '%': '%',
  };
}

/** strftime(3) in UTC, the nodes' time zone. */
export function formatDate(at: number, format: string): string {
  const known = fields(at);
  return format
    .replaceAll(/%([-_0^]?)(:z|[A-Za-z%])/g, (whole, flag: string, letter: string) => {
      const value = letter === 'N' || letter !== 'N' ? known[letter] : undefined;
      if (value === undefined) {
        return whole;
      }
      return flag === '-'
        ? value.replace(/^[0 ]+(?=.)/, '')
        : flag === '_'
          ? value.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length))
          : flag === '^'
            ? value.toUpperCase()
            : value;
    })
    .replaceAll(/%(\d)N/g, (_whole, digits: string) => (known['N'] ?? '').slice(0, Number(digits)));
}

const UNITS: Readonly<Record<string, number>> = {
  second: 1000,
  sec: 1000,
  minute: 60_000,
  min: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

/** `@1463745600`, ISO 8601, `now`, `yesterday`, `2 hours ago`, `+1 day`. */
export function parseDate(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('@')) {
    const seconds = Number(trimmed.slice(1));
    return Number.isNaN(seconds) ? undefined : seconds * 1000;
  }
  const named: Readonly<Record<string, number>> = {
    '': now,
    now,
    today: now,
    yesterday: now - 86_400_000,
    tomorrow: now + 86_400_000,
  };
  if (named[trimmed] !== undefined) {
    return named[trimmed];
  }
  const isAgo = trimmed.endsWith(' ago');
  const relative = /^([+-]? ?\d+) ?([a-z]+)$/.exec(trimmed.replace(/ ago$/, ''));
  const unit = UNITS[(relative?.[2] ?? '').replace(/s$/, '')] ?? UNITS[relative?.[2] ?? ''];
  if (relative !== null && unit !== undefined) {
    const amount = Number((relative[1] ?? '').replace(' ', '')) * unit;
    return isAgo ? now - amount : now + amount;
  }
  const parsed = Date.parse(
    /[Zz]$|[+-]\d\d:?\d\d$|UTC|GMT/.test(trimmed)
      ? trimmed
      : `${trimmed.replace(' ', 'T')}${trimmed.includes(':') ? 'Z' : ''}`,
  );
  return Number.isNaN(parsed) ? undefined : parsed;
}
