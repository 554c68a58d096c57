/** DigitalOcean's prices: by the second, at least a cent, at most 672 hours (28 days) a calendar month; off or on is the same. */

export const HOURS_PER_MONTH = 672;
const MS_PER_HOUR = 3_600_000;
const MINIMUM = 0.01;

export interface Price {
  readonly hourly: number;
  readonly monthly: number;
}

/** Of `count` droplets. A price list without a monthly price is capped by its hourly one. */
export function priceOf(size: { priceHourly: number; priceMonthly: number }, count: number): Price {
  const monthly = size.priceMonthly > 0 ? size.priceMonthly : size.priceHourly * HOURS_PER_MONTH;
  return { hourly: size.priceHourly * count, monthly: monthly * count };
}

export const addPrices = (prices: readonly Price[]): Price => ({
  hourly: prices.reduce((sum, price) => sum + price.hourly, 0),
  monthly: prices.reduce((sum, price) => sum + price.monthly, 0),
});

function startOfNextMonth(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** What one droplet has cost between two instants (milliseconds since the epoch). */
export function accruedCost(price: Price, from: number, to: number): number {
  if (!(to > from)) {
    return price.hourly > 0 ? MINIMUM : 0;
  }
  let total = 0;
  for (let at = from; at < to;) {
    const end = Math.min(to, startOfNextMonth(at));
    total += Math.min(((end - at) / MS_PER_HOUR) * price.hourly, price.monthly);
    at = end;
  }
  return price.hourly > 0 ? Math.max(total, MINIMUM) : 0;
}

/** `$25`, `$0.05`, `$12.40`. */
export function formatMoney(amount: number): string {
  const cents = amount.toFixed(2);
  return `$${cents.endsWith('.00') ? cents.slice(0, -3) : cents}`;
}

/** `$0.037 an hour ($25 a month)`: hours need a third decimal, or five droplets at $0.00744 would look like four cents. */
export const formatPrice = (price: Price): string =>
  `$${price.hourly.toFixed(3)} an hour (${formatMoney(price.monthly)} a month)`;
