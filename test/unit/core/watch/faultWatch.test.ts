import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ActiveFault, Fault } from '../../../../src/core/model/fault';
import type { ProviderName } from '../../../../src/core/model/cluster';
import type { FaultApi, Provider } from '../../../../src/core/ports';
import { FaultWatch } from '../../../../src/core/watch/faultWatch';
import { FakeTime } from './fakeTime';
import { silentLog } from './fakeWorld';

const HANGS: Fault = { kind: 'node-hangs', dropletId: 3 };

describe('what is broken on purpose', () => {
  let time: FakeTime;
  let broken: ActiveFault[];
  let inUse: ProviderName[];
  let opened: ProviderName[];
  let changes: number;
  let watch: FaultWatch;

  const faults: FaultApi = {
    list: () => Promise.resolve([...broken]),
    add: (fault) => {
      const added = { id: `f${broken.length + 1}`, fault };
      broken.push(added);
      return Promise.resolve(added);
    },
    remove: (id) => Promise.resolve(void (broken = broken.filter((one) => id !== undefined && one.id !== id))),
  };

  beforeEach(() => {
    [time, broken, inUse, opened, changes] = [new FakeTime(), [], ['practice', 'digitalocean'], [], 0];
    watch = new FaultWatch({
      openProvider: (name) => {
        opened.push(name);
        return Promise.resolve((name === 'practice' ? { faults } : {}) as Provider); // All that is asked of it.
      },
      providersInUse: () => inUse,
      time,
      log: silentLog,
      onDidChange: () => (changes += 1),
    });
  });
  afterEach(() => watch.dispose());

  it('is known at once to who broke it, until it is repaired', async () => {
    const { id } = await watch.add('practice', HANGS);
    assert.deepEqual(watch.active, [{ id, fault: HANGS }]);
    assert.deepEqual([watch.activeIn('practice').length, watch.activeIn('digitalocean').length], [1, 0]);

    await watch.remove('practice', id);
    assert.deepEqual([watch.active, changes], [[], 2]);
  });

  it('is seen while somebody watches, whoever broke it, and its end too', async () => {
    const handle = watch.watch();
    await time.advance(1);
    broken = [{ id: 'theirs', fault: HANGS }];
    await time.advance(2_000);
    assert.deepEqual(watch.active, broken);
    broken = [];
    await time.advance(2_000);
    assert.deepEqual([watch.active, changes], [[], 2]);

    handle.dispose();
    const before = opened.length;
    await time.advance(60_000);
    assert.equal(opened.length, before, 'nobody looks, nobody is asked');
  });

  it('starts no practice cloud just to look whether something is broken in it', async () => {
    inUse = [];
    watch.watch();
    await time.advance(10_000);
    assert.deepEqual(opened, []);
  });

  it('can be nothing in a real cloud', async () => {
    await assert.rejects(watch.add('digitalocean', HANGS), /Only the practice cloud can be broken/);
  });
});
