import assert from 'node:assert/strict';
import type { Size } from '../../src/core/model/cloud';
import type { ClusterSpec } from '../../src/core/model/cluster';
import type { Choices } from '../../src/core/operator';
import { instanceItems, regionItems, sizeItems } from '../../src/ui/create/items';
import { runSteps, type Outcome } from '../../src/ui/create/wizard';

const size = (slug: string, diskGb: number, priceMonthly: number, regionSlugs = ['nyc3']): Size => ({
  slug,
  memoryMb: 512,
  vcpus: 1,
  diskGb,
  priceMonthly,
  priceHourly: priceMonthly / 672,
  isAvailable: true,
  regionSlugs,
});
const choices = (...sizes: Size[]): Choices => ({
  account: { uuid: 'a', email: 'a@example.com', status: 'active', statusMessage: '', isEmailVerified: true },
  regions: ['sfo1', 'nyc3'].map((slug) => ({
    slug,
    name: slug === 'nyc3' ? 'New York 3' : 'San Francisco 1',
    isAvailable: true,
    features: [],
    sizeSlugs: [],
  })),
  sizes,
});
const spec = { regionSlug: 'nyc3', sizeSlug: '512mb' } as ClusterSpec; // Only what the questions look at.
const labels = (items: readonly { label: string }[]): string[] => items.map(({ label }) => label);

describe('The questions before a create', () => {
  it('prefer the size of the guide, where it still exists', () => {
    const { items, preferred } = sizeItems(choices(size('512mb', 20, 5), size('1gb', 30, 10)), spec);

    assert.equal(preferred, '512mb');
    assert.deepEqual(labels(items), ['512mb', '1gb']);
  });

  it('prefer today the cheapest whose disk can hold the swap, and put the others last', () => {
    const today = choices(size('s-1vcpu-512mb-10gb', 10, 4), size('s-1vcpu-1gb', 25, 6), size('s-1vcpu-2gb', 50, 12));
    const { items, preferred } = sizeItems(today, spec);

    assert.equal(preferred, 's-1vcpu-1gb');
    assert.deepEqual(labels(items), [
      's-1vcpu-1gb',
      's-1vcpu-2gb',
      'disk too small for swap of 4 GB',
      's-1vcpu-512mb-10gb',
    ]);
  });

  it('offer only what the chosen region has', () => {
    const { items } = sizeItems(choices(size('512mb', 20, 5), size('1gb', 30, 10, ['sfo1'])), spec);

    assert.deepEqual(labels(items), ['512mb']);
    assert.deepEqual(labels(regionItems(choices())), ['New York 3', 'San Francisco 1']);
  });

  it('show the arithmetic of quorum, with five first and the poor choices called so', () => {
    const items = instanceItems(choices(size('512mb', 20, 5)), spec);
    const detail = (n: number): string => items.find(({ value }) => value === n)?.detail ?? '';

    assert.equal(items[0]?.value, 5);
    assert.equal(items[0].description, '$25 a month');
    assert.match(detail(5), /3 of 5 must be up, so 2 may fail/);
    assert.match(detail(4), /so 1 may fail, as with 3\. Not recommended/);
    assert.match(detail(3), /Not recommended/);
    assert.match(detail(7), /4 of 7 must be up, so 3 may fail/);
  });

  it('go back to the question before, with the answer it had', async () => {
    const asked: string[] = [];
    const replies: Outcome<string>[] = [{ value: 'a' }, 'back', { value: 'A' }, { value: 'b' }];
    const step = (name: string) => (state: string) => {
      asked.push(`${name} after "${state}"`);
      const reply = replies.shift();
      return Promise.resolve(typeof reply === 'object' ? { value: `${state}${reply.value}` } : reply);
    };

    const end = await runSteps('', [step('first'), step('second')]);

    assert.equal(end, 'aAb');
    assert.deepEqual(asked, ['first after ""', 'second after "a"', 'first after "a"', 'second after "aA"']);
  });

  it('end without a cluster when one of them is closed', async () => {
    assert.equal(await runSteps('', [() => Promise.resolve(undefined)]), undefined);
  });
});
