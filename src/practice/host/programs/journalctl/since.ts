import { parseDuration } from '../../systemd/duration';

/** systemd.time(7) as far as `--since` is used: `-3 min`, `10 minutes ago`, `2016-05-20 12:00:00`, `today`, `@1463745600`. */
export function parseSince(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  const midnight = Math.floor(now / 86_400_000) * 86_400_000;
  const named: Readonly<Record<string, number>> = { now, today: midnight, yesterday: midnight - 86_400_000 };
  const known = named[trimmed];
  if (known !== undefined) {
    return known;
  }
  const relative = /^([-+])\s*(.+)$/.exec(trimmed);
  const ago = /^(.+?)\s+ago$/.exec(trimmed);
  const span = parseDuration(relative?.[2] ?? ago?.[1] ?? '');
  if (span !== undefined) {
    return relative?.[1] === '+' ? now + span : now - span;
  }
  if (/^@\d+$/.test(trimmed)) {
    return Number(trimmed.slice(1)) * 1000;
  }
  const [day = '', time = '00:00:00'] = trimmed.replace(/ ?UTC$/, '').split(/[ T]/);
  const isAbsolute = /^\d{4}-\d{2}-\d{2}$/.test(day) && /^[\d:]+$/.test(time);
  const parsed = isAbsolute ? Date.parse(`${day}T${time}Z`) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}
