import type { BackupPolicy } from './records';
import { unprocessable } from './refusal';

export interface AskedPolicy {
  readonly plan?: string | null | undefined;
  readonly weekday?: string | null | undefined;
  readonly hour?: number | null | undefined;
}

export const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
export const HOURS = [0, 4, 8, 12, 16, 20] as const;
export const WINDOW_HOURS = 4;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Plan {
  readonly retentionDays: number;
  /** What one backup costs of the droplet's month: 20 % and 30 % for a month of them (DigitalOcean's pricing of backups). */
  readonly share: number;
}
export const PLANS: Readonly<Record<BackupPolicy['plan'], Plan>> = {
  weekly: { retentionDays: 28, share: 0.05 },
  daily: { retentionDays: 7, share: 0.01 },
};

/** The policy asked for, the rest as it is by default: once a week, at the time at which it is turned on. */
export function policyOf({ plan, weekday, hour }: AskedPolicy, now: number): BackupPolicy {
  const date = new Date(now);
  const wanted = plan ?? 'weekly';
  if (wanted !== 'weekly' && wanted !== 'daily') throw unprocessable('backup_policy.plan is invalid');
  const day = weekday ?? WEEKDAYS[date.getUTCDay()];
  if (!WEEKDAYS.some((one) => one === day)) throw unprocessable('backup_policy.weekday is invalid');
  const at = hour ?? Math.floor(date.getUTCHours() / WINDOW_HOURS) * WINDOW_HOURS;
  if (!HOURS.some((one) => one === at)) throw unprocessable('backup_policy.hour is invalid');
  return { plan: wanted, weekday: wanted === 'daily' ? null : (day ?? null), hour: at };
}

/** Where the first window after that moment begins. */
export function windowAfter({ weekday, hour }: BackupPolicy, after: number): number {
  let start = Math.floor(after / DAY_MS) * DAY_MS + hour * HOUR_MS;
  while (start <= after || (weekday !== null && WEEKDAYS[new Date(start).getUTCDay()] !== weekday)) start += DAY_MS;
  return start;
}
