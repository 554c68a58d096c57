import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pageOf } from '../../../../src/practice/api/paging';

describe('pages of a list', () => {
  it('hold each item once, whatever the length and the size of a page, and keep the other parameters', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 700 }), fc.integer({ min: -5, max: 300 }), (length, perPage) => {
        const all = Array.from({ length }, (_, index) => index);
        const seen: number[] = [];
        let next: unknown = `http://127.0.0.1:8400/v2/droplets?tag_name=a%3Ab&per_page=${perPage}`;
        for (let guard = 0; typeof next === 'string' && guard < 1000; guard += 1) {
          const url = new URL(next);
          assert.equal(url.searchParams.get('tag_name'), 'a:b');
          const page: { items: readonly number[]; links: { pages?: { next?: string } }; meta: object } = pageOf(
            all,
            url,
          );
          assert.ok(page.items.length <= 200);
          assert.deepEqual(page.meta, { total: length });
          seen.push(...page.items);
          next = page.links.pages?.next;
        }
        assert.deepEqual(seen, all);
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});
