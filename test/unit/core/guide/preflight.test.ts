import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterError } from '../../../../src/core/errors';
import { findObstacles, runPreflight, type Known } from '../../../../src/core/guide/preflight';
import type { Survey } from '../../../../src/core/guide/survey';
import type { Account, Droplet } from '../../../../src/core/model/cloud';
import type { ClusterSpec } from '../../../../src/core/model/cluster';
import type { Obstacle } from '../../../../src/core/operator';
import { ACCOUNT, askable, context, IMAGE, REGIONS, SIZES, SPEC } from './accountSample';

const GOOD: Survey = {
  account: { value: ACCOUNT },
  dropletCount: { value: 2 },
  namesakes: { value: [] },
  regions: { value: REGIONS },
  sizes: { value: SIZES },
  image: { value: IMAGE },
  mayWrite: { value: undefined },
  discovery: { value: undefined },
};

const find = (survey: Partial<Survey>, spec: Partial<ClusterSpec> = {}, known?: Known): Obstacle[] =>
  findObstacles({ ...GOOD, ...survey }, { ...SPEC, ...spec }, known);

/** Exactly one obstacle, and it says this. */
function assertOnly(found: Obstacle[], pattern: RegExp, isWarning = false): void {
  assert.deepEqual(
    found.map((entry) => entry.isWarning),
    [isWarning],
    found.map(({ message }) => message).join('\n'),
  );
  assert.match(found[0]?.message ?? '', pattern);
}

const failure = (code: ClusterError['code'], message: string): { failure: ClusterError } => ({
  failure: new ClusterError(message, { code, remedy: 'setToken' }),
});

describe('preflight', () => {
  it('finds nothing where everything fits', () => {
    assert.deepEqual(find({}), []);
  });

  it('finds every obstacle at once, each once, and warnings last', () => {
    const found = find(
      { dropletCount: { value: 9 }, image: { value: undefined }, sizes: { value: [] } },
      { instances: 4, domain: '1.2.3.4', routerMeshSize: 6, regionSlug: 'nowhere' },
    );
    assert.equal(found.length, 7);
    assert.deepEqual(
      found.map(({ isWarning }) => isWarning),
      [false, false, false, false, false, false, true],
    );
  });

  describe('of the account', () => {
    it('says that it is locked, and in whose words', () => {
      const account = { value: { ...ACCOUNT, status: 'locked' as const, statusMessage: 'Payment failed' } };
      assertOnly(find({ account }), /me@example\.com is locked \(Payment failed\)/);
    });

    it('says that its address is not verified', () => {
      assertOnly(find({ account: { value: { ...ACCOUNT, isEmailVerified: false } } }), /not been verified/);
    });

    it('counts the droplets that are there against the limit', () => {
      assertOnly(
        find({ dropletCount: { value: 6 } }),
        /may have 10 droplets and has 6: 4 more are possible, and 5 are needed/,
      );
      assert.deepEqual(find({ dropletCount: { value: 5 } }), []);
    });

    it('takes a hidden limit for unknown, not for none', () => {
      const hidden: Account = { ...ACCOUNT };
      Reflect.deleteProperty(hidden, 'dropletLimit');
      assertOnly(find({ account: { value: hidden } }), /does not show how many droplets/, true);
    });

    it('says that the token only reads', () => {
      assertOnly(
        find({ mayWrite: failure('tokenForbidden', 'Set one with read and write access.') }),
        /read and write access/,
      );
    });

    it('says once that the token is rejected, though every answer is the same', () => {
      const rejected = failure('tokenRejected', 'DigitalOcean rejects the token.');
      const found = find({
        account: rejected,
        dropletCount: rejected,
        namesakes: rejected,
        regions: rejected,
        sizes: rejected,
        image: rejected,
        mayWrite: rejected,
      });
      assertOnly(found, /rejects the token/);
      assert.equal(found[0]?.remedy, 'setToken');
    });
  });

  describe('of names', () => {
    const namesake = { name: 'Deis-2' } as Droplet; // Nothing else of it is looked at.

    it('finds a droplet of the same name, whatever its case', () => {
      assertOnly(find({ namesakes: { value: [namesake] } }), /droplets called deis-2 already.*another prefix/);
    });

    it('finds a cluster of this computer whose droplets can not be seen', () => {
      assertOnly(find({}, {}, { existingNames: ['deis-1', 'deis-5'] }), /deis-1, deis-5/);
    });

    it('refuses a prefix that is no host name', () => {
      for (const prefix of ['', '-a', 'a-', 'A', 'a b', 'a.b', 'a'.repeat(60)]) {
        assertOnly(find({}, { prefix }), /can't begin a droplet's name/);
      }
    });
  });

  describe('of region and size', () => {
    it('names the regions that fit', () => {
      assertOnly(find({}, { regionSlug: 'mars1' }), /no region "mars1".*These fit: nyc3, ams3\./);
      const image = { value: { ...IMAGE, regionSlugs: ['sfo1'] } };
      assertOnly(find({ image }, { regionSlug: 'sfo1' }), /takes no new droplets/);
    });

    it('wants private networking and user data', () => {
      const found = find({ image: { value: { ...IMAGE, regionSlugs: [] } } }, { regionSlug: 'old1' });
      assert.equal(found.length, 2);
      assert.match(found.map(({ message }) => message).join(), /private networking.*user data/);
    });

    it('wants the size to be there', () => {
      assertOnly(find({}, { sizeSlug: 's-1vcpu-2gb' }), /nyc3 has no droplets of size s-1vcpu-2gb.*These fit: ams3/);
    });

    it('names the cheapest size with enough disk when the one of the guide is gone', () => {
      assertOnly(
        find({ sizes: { value: SIZES.slice(0, 3) } }, { sizeSlug: '512mb' }),
        /no size "512mb".*taken off the list.*s-1vcpu-1gb \(1024 MB, 25 GB, \$6 a month/,
      );
      assert.match(find({}, { sizeSlug: '512mb' })[0]?.message ?? '', /no droplets of size|can't be made any more/);
    });

    it('refuses a disk of less than 20 GB, with the reason', () => {
      const found = find({ image: { value: { ...IMAGE, minDiskGb: 8 } } }, { sizeSlug: 's-1vcpu-512mb-10gb' });
      assertOnly(found, /disk of 10 GB: too small for 4096 MB of swap.*s-1vcpu-1gb/);
    });

    it('refuses more swap than the disk can hold, and warns of less than the platform needs', () => {
      assertOnly(find({}, { swapSizeMb: 16_384 }), /16384 MB of swap are too much for a disk of 25 GB.*12288 MB fit/);
      assertOnly(find({}, { swapSizeMb: 512 }), /may not start/, true);
      assertOnly(find({}, { swapSizeMb: -1 }), /whole number/);
      assertOnly(find({}, { swapSizeMb: 1 }), /from 64, or 0 for none/);
      assertOnly(find({}, { swapSizeMb: 0 }), /no swap are less.*may not start/, true);
    });
  });

  describe('of the image', () => {
    it('says plainly what of 2016 no longer exists, and what to do', () => {
      const found = find({ image: { value: undefined } });
      assertOnly(found, /gone.*May 2020.*fleet and etcd2.*2018.*Flatcar has neither.*custom image/);
      assert.equal(found[0]?.remedy, 'openSettings');
    });

    it('does not speak of CoreOS when something else was asked for', () => {
      assertOnly(find({ image: { value: undefined } }, { image: 4711 }), /no image with the id 4711/);
      assertOnly(find({ image: { value: undefined } }, { image: 'ubuntu' }), /no image called "ubuntu"/);
    });

    it('knows a CoreOS that has no fleet any more, Flatcar, and what is neither', () => {
      const named = (name: string, distribution: string): Obstacle[] =>
        find({ image: { value: { ...IMAGE, name, distribution } } });
      assertOnly(named('2512.3.0 (stable)', 'CoreOS'), /after February 2018/);
      assertOnly(named('flatcar-3510', 'Unknown'), /Flatcar/);
      assertOnly(named('my image', 'Ubuntu'), /does not call itself CoreOS/, true);
      assert.deepEqual(named('899.17.0', 'CoreOS'), []);
    });

    it('waits for an import, and refuses what is withdrawn', () => {
      assertOnly(find({ image: { value: { ...IMAGE, status: 'pending' } } }), /still being imported/);
      assertOnly(find({ image: { value: { ...IMAGE, status: 'retired' } } }), /"retired"/);
    });

    it('has to be in the region and to fit on the disk', () => {
      assertOnly(find({ image: { value: { ...IMAGE, regionSlugs: ['ams3'] } } }), /not in nyc3, only in ams3/);
      assertOnly(
        find({ image: { value: { ...IMAGE, minDiskGb: 30 } } }),
        /needs a disk of 30 GB; s-1vcpu-1gb has 25 GB/,
      );
    });
  });

  describe('of the wishes', () => {
    it('takes three to nine nodes, and discourages fewer than five and even numbers with the arithmetic', () => {
      for (const instances of [0, 1, 2, 10, 4.5, NaN]) {
        assertOnly(
          find({ dropletCount: { value: 0 } }, { instances, routerMeshSize: 1 }).filter(
            (entry) => !entry.message.includes('routers'),
          ),
          /3 to 9 nodes/,
        );
      }
      assertOnly(
        find({}, { instances: 3, routerMeshSize: 3 }),
        /3 etcd members need 2 for a majority, so 1 may fail/,
        true,
      );
      assertOnly(
        find({}, { instances: 6 }),
        /6 etcd members need 4 for a majority, so 2 may fail: no more than with 5/,
        true,
      );
      assert.deepEqual(find({}, { instances: 7 }), []);
    });

    it('takes no more routers than nodes, since deisctl would wait for ever', () => {
      assertOnly(find({}, { release: '2.0.0' }), /"2\.0\.0" is no release of Deis 1\.13/);
      assertOnly(find({}, { routerMeshSize: 6 }), /6 routers don't fit on 5 nodes/);
      assertOnly(find({}, { routerMeshSize: 0 }), /at least one router/);
      assert.deepEqual(find({}, { routerMeshSize: 6, installPlatform: false }), []);
    });

    it('takes no domain that Deis would refuse', () => {
      assertOnly(find({}, { domain: '1.2.3.4.sslip.io' }), /digits only/);
    });
  });
});

describe('asking the account', () => {
  it('reads only; its one probe of writing is a tag that nobody has', async () => {
    const { provider, calls } = askable();
    assert.deepEqual(await runPreflight(provider, SPEC, {}, context()), []);
    assert.deepEqual(calls.sort(), [
      'check',
      'countDroplets',
      'deleteTag deis-cluster:preflight-probe',
      'getAccount',
      'getImage coreos-stable',
      'listDropletsByName deis-1',
      'listDropletsByName deis-2',
      'listDropletsByName deis-3',
      'listDropletsByName deis-4',
      'listDropletsByName deis-5',
      'listRegions',
      'listSizes',
    ]);
  });

  it('asks nothing more when there is no token, but still checks the wishes', async () => {
    const missing = new ClusterError('No token is stored.', { code: 'tokenMissing', remedy: 'setToken' });
    const { provider, calls } = askable({ getAccount: () => Promise.reject(missing) });
    const found = await runPreflight(provider, { ...SPEC, routerMeshSize: 9 }, {}, context());
    assert.deepEqual(
      found.map(({ message }) => message.slice(0, 19)),
      ['No token is stored.', "9 routers don't fit"],
    );
    assert.deepEqual(calls, ['check']);
  });

  it('goes on with the rest when one question fails', async () => {
    const { provider } = askable(
      {
        listSizes: () => Promise.reject(new ClusterError('The API has a problem.', { code: 'cloudUnavailable' })),
        countDroplets: () => Promise.resolve(9),
      },
      () =>
        Promise.reject(
          new ClusterError('The discovery service does not answer. Use static.', { code: 'discoveryFailed' }),
        ),
    );
    const found = await runPreflight(provider, SPEC, {}, context());
    assert.equal(found.length, 3);
    assert.match(found.map(({ message }) => message).join(), /1 more are possible.*API has a problem.*Use static/);
  });

  it('does not ask the discovery service when it is not needed', async () => {
    const { provider, calls } = askable();
    await runPreflight(provider, { ...SPEC, bootstrap: 'static' }, {}, context());
    assert.ok(!calls.includes('check'));
  });

  it('stops with the reason of the user who gave up', async () => {
    const reason = new DOMException('enough', 'AbortError');
    const { provider } = askable({ getAccount: () => Promise.reject(new Error('aborted')) });
    await assert.rejects(runPreflight(provider, SPEC, {}, context(AbortSignal.abort(reason))), reason);
  });
});
