import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ClusterError } from '../../../src/core/errors';
import type { ClusterSpec } from '../../../src/core/model/cluster';
import type { ClusterSnapshot } from '../../../src/core/model/snapshot';
import type { Operator } from '../../../src/core/operator';
import { context } from '../core/window';
import type { Meddling } from './proxy';
import { changeUserData, failure, NOTHING, one, SMALL, World, type UserDataChange } from './world';

/** What is changed in the user data of each cluster, by its prefix. */
const CHANGES = new Map<string, UserDataChange>([
  ['strange', (_config, request) => (request['ssh_keys'] = [])],
  ['foreign', ({ coreos }) => void coreos.units.splice(0, 1)],
]);
/** After how many bytes a node of the cluster hangs up, each time. */
const HANG_UPS: Readonly<Record<string, number>> = { mute: 0, cut: 6000 };

/** All clusters are created at once: the ten minutes for which each of them waits pass together. */
describe('nodes that do not let us in', { timeout: 120_000 }, () => {
  const world = new World();
  let operator: Operator;
  let isAwake = false;
  const errors = new Map<string, ClusterError>();
  let cut: ClusterSnapshot;
  const spec = (prefix: string): ClusterSpec => ({ ...SMALL, prefix });

  before(async () => {
    // At full speed so many polls in no time would be more than the API allows.
    const meddling: Meddling = {
      request: (method, where, body) => changeUserData(method, where, body, CHANGES),
      async reply(method, where, body): Promise<unknown> {
        if (method === 'POST' && where === '/v2/droplets') await breakLines(body);
        return method === 'GET' && where.startsWith('/v2/droplets') && !isAwake ? asNew(body, 'sleepy-2') : undefined;
      },
    };
    operator = await world.openMeddled(meddling, { practiceSpeed: 60 });
    const create = async (prefix: string): Promise<void> => {
      errors.set(prefix, await failure(operator.create(spec(prefix), context())));
    };
    [cut] = await Promise.all([
      operator.create(spec('cut'), context()),
      ...['sleepy', 'mute', 'strange', 'foreign'].map(create),
    ]);
  });
  after(() => world.dispose());

  async function breakLines(reply: unknown): Promise<void> {
    for (const [prefix, afterBytes] of Object.entries(HANG_UPS)) {
      if (JSON.stringify(reply).includes(`"${prefix}-1"`)) {
        await world.fault({ kind: 'ssh-breaks', dropletId: await world.dropletId(`${prefix}-1`), afterBytes });
      }
    }
  }

  function says(prefix: string, code: ClusterError['code'], remedy: ClusterError['remedy'], words: RegExp): void {
    const error = errors.get(prefix);
    assert.deepEqual({ code: error?.code, remedy: error?.remedy }, { code, remedy }, error?.message);
    assert.match(error?.message ?? '', words);
  }

  async function goesOn(prefix: string): Promise<void> {
    const id = operator.snapshots().find((cluster) => cluster.id.startsWith(`${prefix}-`))?.id ?? '';
    assert.equal((await operator.resume(id, context())).state, 'healthy');
  }

  it('because one never becomes active: it is named, and the setup goes on when it does', async () => {
    const words = /^sleepy-2 did not become active within ten minutes\. Resume the setup.*or destroy.*billed/;
    says('sleepy', 'timedOut', 'resumeSetup', words);
    isAwake = true;
    await goesOn('sleepy');
  });

  it('because one hangs up at once: it is named, and the setup goes on when it does not', async () => {
    says('mute', 'timedOut', 'resumeSetup', /^mute-1 does not let us in on SSH within ten minutes: .*Resume the setup/);
    await world.heal();
    await goesOn('mute');
  });

  it('because they know another key: the node is named, and that it is the key', () => {
    const words = /^strange-\d does not let us in on SSH within ten minutes: .*key.*Resume the setup/;
    says('strange', 'timedOut', 'resumeSetup', words);
  });

  it('because they show another host key than the one they were given: nothing is sent to them', () => {
    const words = /^foreign-\d still shows another host key.*nothing was sent.*Destroy the cluster/;
    says('foreign', 'timedOut', 'destroyCluster', words);
  });

  it('for long, since connections are cut again and again: the setup comes to its end all the same', () => {
    assert.equal(cut.state, 'healthy');
  });

  it('none of which makes anything twice, and all of which can be destroyed', async () => {
    const all = ['cut', 'sleepy', 'mute', 'strange', 'foreign'];
    assert.deepEqual(await world.holdings(), {
      ...{ keys: 5, firewalls: 5, tags: 5 },
      droplets: all.flatMap((prefix) => one(spec(prefix)).droplets).sort(),
    });

    await Promise.all(operator.snapshots().map(({ id }) => operator.destroy(id, context())));
    assert.deepEqual(await world.holdings(), NOTHING);
    assert.deepEqual(operator.snapshots(), []);
  });
});

/** A droplet of that name as it is before it has booted, wherever it is in a reply. */
function asNew(body: unknown, name: string): unknown {
  return JSON.parse(JSON.stringify(body), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'name' in value && 'networks' in value && value.name === name
      ? { ...value, status: 'new', networks: { v4: [], v6: [] } }
      : value,
  );
}
