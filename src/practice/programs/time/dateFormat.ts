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
  fortnight: 1_209_600_000,
};

const RELATIVE =
  // eslint-disable-next-line security/detect-unsafe-regex -- its repeats are of characters that nothing else takes
  /(?:^|\s)([+-]?\s*\d+|an?|next|last)\s*(second|sec|minute|min|hour|day|week|fortnight|month|year)s?(\s+ago)?(?=\s|$|[+-])/gi;
const WORDS: Readonly<Record<string, number>> = { now: 0, today: 0, yesterday: -86_400_000, tomorrow: 86_400_000 };

/** `@1463745600`, ISO 8601, `now`, `yesterday`, `2 hours ago`, `2016-05-20 12:00 +1 day`: date and distances in any order. */
export function parseDate(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('@')) {
    const seconds = Number(trimmed.slice(1));
    return Number.isNaN(seconds) ? undefined : seconds * 1000;
  }
  let [months, ms] = [0, 0];
  const absolute = trimmed
    .replaceAll(RELATIVE, (_all, amount: string, unit: string, ago: string | undefined) => {
      const count = amountOf(amount) * (ago === undefined ? 1 : -1);
      const name = unit.toLowerCase();
      months += name === 'month' ? count : name === 'year' ? 12 * count : 0;
      ms += count * (UNITS[name] ?? 0);
      return ' ';
    })
    .replaceAll(/\b(?:now|today|yesterday|tomorrow)\b/gi, (word) => {
      ms += WORDS[word.toLowerCase()] ?? 0;
      return '';
    })
    .trim();
  const base = absolute === '' ? now : absoluteDate(absolute, now);
  return base === undefined ? undefined : plusMonths(base, months) + ms;
}

function amountOf(text: string): number {
  const word = text.toLowerCase();
  return word === 'last' ? -1 : /^(?:an?|next)$/.test(word) ? 1 : Number(text.replaceAll(/\s/g, ''));
}

/** The 31st of a month that has none is in the next. */
function plusMonths(at: number, months: number): number {
  const date = new Date(at);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.getTime();
}

function absoluteDate(text: string, now: number): number | undefined {
  const [, year, month, day, rest = ''] = /^(\d{4})(\d\d)(\d\d)(.*)$/.exec(text) ?? [];
  const spelled = year === undefined ? text : `${year}-${month ?? ''}-${day ?? ''}${rest}`;
  const dated = /^\d\d?:\d\d/.test(spelled) ? `${new Date(now).toISOString().slice(0, 10)} ${spelled}` : spelled;
  const hasZone = /[Zz]$|[+-]\d\d:?\d\d$|UTC|GMT/.test(dated);
  const isIso = /^\d{4}-\d\d?-\d\d?/.test(dated);
  const padded = isIso ? dated.replace(/^(\d+-\d+-\d+) (\d):/, '$1 0$2:') : dated;
  const parsed = Date.parse(
    hasZone ? padded : isIso ? `${padded.replace(' ', 'T')}${padded.includes(':') ? 'Z' : ''}` : `${padded} UTC`,
  );
  return Number.isNaN(parsed) ? undefined : parsed;
}
