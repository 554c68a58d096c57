import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ClusterError, ErrorCode } from '../../../src/core/errors';
import type { ClusterSpec } from '../../../src/core/model/cluster';
import type { Operator } from '../../../src/core/operator';
import { context } from '../core/window';
import { failure, NOTHING, one, SMALL, World } from './world';

interface Breakage {
  readonly fault: object;
  /** The report of the create at which the second node breaks. */
  readonly at: RegExp;
}

/** By the cluster's prefix. */
const BREAKAGES: Readonly<Record<string, Breakage>> = {
  disk: { fault: { kind: 'disk-fills' }, at: /^Wait for etcd/ },
  refuse: { fault: { kind: 'ssh-refuses' }, at: /^Wait for the droplets/ },
  key: { fault: { kind: 'ssh-changes-host-key' }, at: /^Wait for etcd/ },
  power: { fault: { kind: 'node-loses-power' }, at: /^Log in to the nodes/ },
};
const CLOCK: Breakage = { fault: { kind: 'clock-drifts', seconds: -86_400 }, at: /^Log in to the nodes/ };

/** All clusters are created at once: the minutes for which each of them waits pass together. */
describe('a create during which a node breaks', { timeout: 240_000 }, () => {
  const world = new World();
  const errors = new Map<string, ClusterError>();
  let operator: Operator;
  const spec = (prefix: string): ClusterSpec => ({ ...SMALL, prefix });

  async function create(prefix: string, { fault, at }: Breakage): Promise<unknown> {
    let broken: Promise<unknown> | undefined;
    const report = (message: string): void => {
      if (!at.test(message)) return;
      broken ??= world
        .dropletId(`${prefix}-2`)
        .then((dropletId) => operator.breakOnPurpose('practice', { ...fault, dropletId }));
    };
    try {
      return await operator.create(spec(prefix), { ...context(), report });
    } finally {
      await broken;
    }
  }

  before(async () => {
    operator = await world.open({ practiceSpeed: 60 });
    await Promise.all([
      create('clock', CLOCK),
      ...Object.entries(BREAKAGES).map(async ([prefix, breakage]) => {
        errors.set(prefix, await failure(create(prefix, breakage)));
      }),
    ]);
  });
  after(() => world.dispose());

  function says(prefix: string, code: ErrorCode, words: RegExp): void {
    const { message, ...error } = errors.get(prefix) ?? assert.fail(`${prefix} did not fail`);
    assert.equal(error.code, code, message);
    assert.match(message, words);
  }

  it('names the node whose disk is full, and that it is', () => {
    says('disk', 'timedOut', /disk-2[^]*(no space left on device|has \d+ MB free)/i);
  });

  it('names the node that refuses SSH', () => {
    says('refuse', 'timedOut', /refuse-2.*(cannot be reached|refuses).*Resume/);
  });

  it('names the node that shows another host key, and what to do', () => {
    says('key', 'hostKeyChanged', /^key-2 .*Nothing was sent.*put the old ones back.*destroy/);
  });

  it('names the node that has lost its power', () => {
    says('power', 'timedOut', /power-2.*does not answer.*Resume/);
  });

  it('comes to its end though a clock is wrong, and after a repair in all other cases', async () => {
    await operator.repair('practice');
    const resumed = await Promise.all(operator.snapshots().map(({ id }) => operator.resume(id, context())));

    assert.deepEqual(
      resumed.map(({ state }) => state),
      ['healthy', 'healthy', 'healthy', 'healthy', 'healthy'],
    );
  });

  it('has made nothing twice, and leaves nothing when it is destroyed', async () => {
    const prefixes = ['clock', ...Object.keys(BREAKAGES)];
    assert.deepEqual(await world.holdings(), {
      ...{ keys: 5, firewalls: 5, tags: 5 },
      droplets: prefixes.flatMap((prefix) => one(spec(prefix)).droplets).sort(),
    });
    await Promise.all(operator.snapshots().map(({ id }) => operator.destroy(id, context())));

    assert.deepEqual(await world.holdings(), NOTHING);
  });
});
