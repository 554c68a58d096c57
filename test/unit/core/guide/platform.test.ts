import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ClusterError } from '../../../../src/core/errors';
import type { Operator } from '../../../../src/core/operator';
import { code, context, Harness, OWN_KEY } from '../fakes/harness';
import { SPEC } from '../../../samples';

describe("the platform's verbs, singly", () => {
  let harness: Harness;
  let operator: Operator;
  let id: string;
  beforeEach(async () => {
    harness = await Harness.create();
    ({ operator } = await harness.open());
    ({ id } = await operator.create({ ...SPEC, installPlatform: false, openPorts: false }, context(), OWN_KEY));
  });
  afterEach(() => harness.dispose());

  const running = (): number => harness.world.cluster.instances().filter(({ sub }) => sub === 'running').length;

  it('configures the domain and the key, and no secret is printed', async () => {
    await operator.platform(id, 'configure', context());

    const { etcdKeys } = harness.world.cluster;
    const address = (await harness.journal(id)).nodes[0]?.publicAddress ?? '';
    assert.equal(etcdKeys.get('/deis/platform/domain'), `${address.replaceAll('.', '-')}.sslip.io`);
    assert.equal(
      Buffer.from(etcdKeys.get('/deis/platform/sshPrivateKey') ?? '', 'base64').toString(),
      OWN_KEY.privateKey,
    );
    assert.ok(harness.world.log.lines.every((line) => !line.includes('BEGIN') && !line.includes('LS0tLS1C')));
  });

  it('installs, starts, stops and uninstalls, each to the end, and each again without doing anything', async () => {
    const { cluster } = harness.world;
    for (const [verb, done] of [
      ['install', (): boolean => cluster.units.size === 18 && running() === 0],
      ['start', (): boolean => running() === 41],
      ['stop', (): boolean => cluster.units.size === 18 && running() === 0],
      ['uninstall', (): boolean => [...cluster.units.keys()].join() === 'swapon.service'],
    ] as const) {
      await operator.platform(id, verb, context());
      assert.ok(done(), verb);
      const before = cluster.started.length;
      await operator.platform(id, verb, context());
      assert.equal(cluster.started.length, before, `${verb} again does nothing`);
    }
  });

  it('does not stop a running platform by installing what is missing of it', async () => {
    await operator.platform(id, 'start', context());
    harness.world.cluster.units.delete('deis-router@4.service');
    harness.world.cluster.units.delete('deis-logger.service');

    await operator.platform(id, 'install', context());

    assert.equal(harness.world.cluster.started.at(-1), 'install logger router@4');
    assert.equal(running(), 39, 'what ran still runs');
  });

  it('re-attaches to a start that another window began', async () => {
    const { clock, cluster } = harness.world;
    await operator.platform(id, 'install', context());
    const controller = new AbortController();
    const report = (message: string): void => {
      if (/[1-9]\d* of 41/.test(message)) {
        controller.abort();
      }
    };
    await assert.rejects(operator.platform(id, 'start', { signal: controller.signal, report }), { name: 'AbortError' });
    assert.ok(running() > 0 && running() < 41);

    const other = await harness.open();
    await other.operator.platform(id, 'start', context());

    assert.equal(running(), 41);
    assert.equal(cluster.started.filter((verb) => verb === 'start platform').length, 1);
    assert.ok(clock.now() > 0);
  });

  it('starts again on another node when the one that worked loses power in the middle', async () => {
    const { cloud, cluster } = harness.world;
    await operator.platform(id, 'install', context());
    let isCut = false;
    const report = (message: string): void => {
      const job = cluster.jobs.get('deis-start-platform');
      if (!isCut && job !== undefined && /: [1-9]\d* of 41/.test(message)) {
        isCut = true;
        job.node.droplet.isOn = false;
        // Somebody powers it on again a minute later.
        void harness.world.clock.sleep(60_000).then(() => {
          job.node.droplet.isOn = true;
          job.node.droplet.bootedAt = harness.world.clock.now();
        });
      }
    };

    await operator.platform(id, 'start', { ...context(), report });

    assert.ok(isCut);
    assert.equal(running(), 41);
    assert.equal(cluster.started.filter((verb) => verb === 'start platform').length, 2);
    assert.equal(cloud.droplets.length, 5);
  });

  for (const left of [4, 3]) {
    it(`says which node is missing when the platform runs on the other ${left}, as far as it finds a place`, async () => {
      const { cloud, cluster } = harness.world;
      cloud.droplets.slice(0, 5 - left).forEach((droplet) => (droplet.isOn = false));
      cluster.unplaceable.add('deis-router@5.service');

      await assert.rejects(operator.platform(id, 'start', context()), (error: unknown) => {
        assert.ok(ClusterError.is(error, 'timedOut') && error.remedy === 'powerOnNode');
        assert.match(error.message, new RegExp(`runs on ${left} of 5 nodes; .*deis-5`));
        return true;
      });
    });
  }

  it('gives up at last on a unit that finds no machine though all are there', async () => {
    harness.world.cluster.unplaceable.add('deis-router@5.service');

    await assert.rejects(operator.platform(id, 'start', context()), (error: unknown) => {
      assert.ok(ClusterError.is(error, 'unitFailed'));
      assert.match(error.message, /deis-router@5\.service has no machine that runs it/);
      return true;
    });
  });

  it('bears a fleet that is silent for two minutes in the middle of a start, and for one before it', async () => {
    const { cluster, clock } = harness.world;
    cluster.silentUntil = clock.now() + 60_000;
    let isSilenced = false;
    const report = (message: string): void => {
      if (!isSilenced && message.includes('of 41')) {
        isSilenced = true;
        cluster.silentUntil = clock.now() + 120_000;
      }
    };

    await operator.platform(id, 'start', { ...context(), report });

    assert.ok(isSilenced);
    assert.equal(running(), 41);
  });

  it('keeps a second window out while the first one works', async () => {
    const other = await harness.open();
    let refused: Promise<unknown> | undefined;
    const report = (): void => {
      refused ??= assert.rejects(other.operator.platform(id, 'stop', context()), code('locked'));
    };

    await operator.platform(id, 'install', { ...context(), report });

    assert.ok(refused !== undefined);
    await refused;
  });

  it('says that deisctl could not be installed, from where, and what to set', async () => {
    harness.world.cluster.hasDeisctl = false;

    await assert.rejects(operator.platform(id, 'install', context()), (error: unknown) => {
      assert.ok(ClusterError.is(error, 'timedOut') && error.remedy === 'openSettings');
      assert.match(error.message, /http:\/\/deis\.io\/deisctl\/install\.sh/);
      return true;
    });
  });
});
