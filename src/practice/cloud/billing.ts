import { hourlyPrice } from './catalogue/catalogue';
import type { ChargeRecord, DropletRecord, ImageRecord } from './records';
import type { CloudStore } from './store';

export interface Charge {
  readonly dropletId: number;
  readonly name: string;
  readonly account: string;
  readonly sizeSlug: string;
  readonly priceHourly: number;
  readonly from: number;
  /** Null while it is still billed. */
  readonly to: number | null;
  readonly seconds: number;
  readonly cost: number;
}

const HOUR_S = 3600;
/** A month costs 672 hours at most. */
const MONTH_MS = 30 * 24 * HOUR_S * 1000;
const LEAST_COST = 0.01;
const LEAST_MS = 60_000;
/** A month of a snapshot or an imported image (DigitalOcean's pricing of images). */
const IMAGE_PRICE_PER_GB = 0.06;

/** By the second from create to destroy, powered off or not; at least a minute and a cent, at most the monthly price for each month. */
function costOf(charge: ChargeRecord, now: number): number {
  if (charge.price !== undefined) return charge.price;
  const lastedMs = Math.max(LEAST_MS, (charge.to ?? now) - charge.from);
  const wholeMonths = Math.floor(lastedMs / MONTH_MS);
  const rest = ((lastedMs % MONTH_MS) / 1000 / HOUR_S) * hourlyPrice(charge.priceMonthly);
  return Math.max(LEAST_COST, wholeMonths * charge.priceMonthly + Math.min(rest, charge.priceMonthly));
}

export class Billing {
  constructor(private readonly store: CloudStore) {}

  open(droplet: DropletRecord, from: number): void {
    this.store.data.charges.push({
      ...{ dropletId: droplet.id, account: droplet.account, name: droplet.name, sizeSlug: droplet.size.slug },
      ...{ priceMonthly: droplet.size.priceMonthly, from, to: null },
    });
    this.store.changed();
  }

  close(droplet: DropletRecord, now: number): void {
    this.#close(now, (one) => one.dropletId === droplet.id && one.imageId === undefined);
  }

  /** Of a month. */
  imagePrice(gigabytes: number): number {
    return gigabytes * IMAGE_PRICE_PER_GB;
  }

  /** By the gigabyte, as long as it is kept. */
  openImage(image: ImageRecord, from: number): void {
    this.store.data.charges.push({
      ...{ dropletId: image.dropletId ?? 0, imageId: image.id, account: image.account ?? '', name: image.name },
      ...{ sizeSlug: image.type ?? 'custom', priceMonthly: this.imagePrice(image.sizeGb), from, to: null },
    });
    this.store.changed();
  }

  once(droplet: DropletRecord, what: string, price: number, at: number): void {
    this.store.data.charges.push({
      ...{ dropletId: droplet.id, imageId: 0, account: droplet.account, name: droplet.name, sizeSlug: what },
      ...{ priceMonthly: 0, price, from: at, to: at },
    });
    this.store.changed();
  }

  closeImage(image: ImageRecord, now: number): void {
    this.#close(now, (one) => one.imageId === image.id);
  }

  #close(now: number, isIt: (charge: ChargeRecord) => boolean): void {
    const charge = this.store.data.charges.find((one) => one.to === null && isIt(one));
    if (charge === undefined) return;
    charge.to = Math.max(now, charge.from);
    this.store.changed();
  }

  list(now: number, account?: string): Charge[] {
    const charges = this.store.data.charges.filter((one) => account === undefined || one.account === account);
    // An image that is still being imported costs nothing yet.
    const begun = charges.filter(({ from }) => from <= now);
    return begun.map((charge) => ({
      ...{ dropletId: charge.dropletId, name: charge.name, account: charge.account, sizeSlug: charge.sizeSlug },
      ...{ priceHourly: hourlyPrice(charge.priceMonthly), from: charge.from, to: charge.to },
      seconds: Math.ceil(((charge.to ?? now) - charge.from) / 1000),
      cost: Math.round(costOf(charge, now) * 1e6) / 1e6,
    }));
  }

  /** Dollars since the first of the month. */
  monthToDate(account: string, now: number): number {
    const date = new Date(now);
    const monthStart = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
    let total = 0;
    for (const charge of this.store.data.charges) {
      if (charge.account !== account || (charge.to ?? now) <= monthStart || charge.from > now) continue;
      total += costOf({ ...charge, from: Math.max(charge.from, monthStart) }, now);
    }
    return total;
  }
}
