import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accruedCost, formatMoney, formatPrice, priceOf } from '../../../../src/core/model/cost';

const HOUR = 3_600_000;
const SMALLEST = { priceHourly: 0.00744, priceMonthly: 5 };

describe('what droplets cost', () => {
  it("is the guide's 0.037 dollars an hour and 25 a month for five of the smallest", () => {
    assert.equal(formatPrice(priceOf(SMALLEST, 5)), '$0.037 an hour ($25 a month)');
  });

  it('has a month of 672 hours when the list has no monthly price', () => {
    assert.equal(priceOf({ priceHourly: 0.01, priceMonthly: 0 }, 1).monthly, 6.72);
  });

  it('grows by the hour and stops at the monthly price, each calendar month', () => {
    const start = Date.UTC(2026, 0, 1);
    const price = priceOf(SMALLEST, 1);
    assert.equal(accruedCost(price, start, start + 100 * HOUR).toFixed(3), '0.744');
    assert.equal(accruedCost(price, start, start + 700 * HOUR), 5, 'January has 744 hours, 672 are billed');
    assert.equal(accruedCost(price, start, start + (744 + 100) * HOUR).toFixed(3), '5.744');
  });

  it('is a cent at least, as soon as there is a droplet', () => {
    const price = priceOf(SMALLEST, 1);
    assert.equal(accruedCost(price, 1_000, 61_000), 0.01);
    assert.equal(accruedCost(price, 2_000, 1_000), 0.01, 'a clock that was set back');
    assert.equal(accruedCost({ hourly: 0, monthly: 0 }, 0, HOUR), 0);
  });

  it('is written without needless cents', () => {
    assert.deepEqual([25, 12.4, 0.372, 0].map(formatMoney), ['$25', '$12.40', '$0.37', '$0']);
  });
});
