import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ClusterError } from '../../../../src/core/errors';
import type { Operator } from '../../../../src/core/operator';
import { code, context, Harness, OWN_KEY } from '../fakes/harness';
import { SPEC } from '../../../samples';

describe('creating a cluster', () => {
  let harness: Harness;
  let operator: Operator;
  beforeEach(async () => {
    harness = await Harness.create();
    ({ operator } = await harness.open());
  });
  afterEach(() => harness.dispose());

  const idOf = (): string => operator.snapshots()[0]?.id ?? '';
  const assertWhole = (): void => {
    const { cloud, cluster } = harness.world;
    assert.deepEqual(cloud.droplets.map(({ name }) => name).sort(), ['deis-1', 'deis-2', 'deis-3', 'deis-4', 'deis-5']);
    assert.deepEqual([cloud.keys.length, cloud.firewalls.length, cloud.tags.size], [1, 1, 1]);
    assert.equal(cluster.instances().filter(({ sub }) => sub === 'running').length, 41);
    assert.ok(operator.snapshots()[0]?.steps.every(({ state }) => state === 'done'));
    assert.equal(harness.world.leases, 0, 'every borrowed connection was given back');
  };

  it('ends with five nodes, swap, 41 running units and the public ports open', async () => {
    const window = await harness.open();

    const cluster = await window.operator.create(SPEC, context(), OWN_KEY);

    ({ operator } = window);
    assertWhole();
    const { cloud, cluster: inside } = harness.world;
    assert.equal(cloud.count('createDroplets'), 1);
    assert.deepEqual(inside.started, ['install platform --router-mesh-size=5', 'start platform']);
    const open = (port: number): boolean =>
      cloud.firewalls[0]?.inbound.some(({ ports, addresses }) => ports === String(port) && addresses !== undefined) ===
      true;
    assert.ok([22, 80, 443, 2222].every(open));
    assert.equal(cluster.problem, undefined);
    assert.deepEqual(window.observer.ran.slice(0, 5), ['sshKey', 'tag', 'firewall', 'discovery', 'droplets']);
  });

  it('has no swap where none is wanted, and says so to who registers it', async () => {
    const { id, steps } = await operator.create({ ...SPEC, swapSizeMb: 0 }, context(), OWN_KEY);

    assertWhole();
    assert.ok(!steps.some(({ title }) => title.includes('swap')));
    const rows = harness.world.cluster.instances();
    assert.ok(!rows.some(({ name }) => name === 'swapon.service'));
    await assert.rejects(operator.registerSwap(id, context()), (error: unknown) => {
      assert.ok(ClusterError.is(error, 'invalidInput'));
      assert.match(error.message, /created without swap/);
      return true;
    });
  });

  it('shows how far the running step is, and nothing of it once the step is done', async () => {
    const window = await harness.open();
    const details = new Set<string>();
    window.observer.onTrack = ({ steps }) =>
      steps.forEach(({ id, state, detail }) => detail !== undefined && details.add(`${id} ${state}: ${detail}`));

    const cluster = await window.operator.create(SPEC, context(), OWN_KEY);

    assert.ok(details.has('active running: 0 of 5 are active') && details.has('install running: 0 of 17 units'));
    assert.ok([...details].every((detail) => detail.includes(' running: ')));
    assert.ok(cluster.steps.every(({ detail }) => detail === undefined));
  });

  it('changes nothing when the setup is resumed on a whole cluster', async () => {
    const { id } = await operator.create(SPEC, context(), OWN_KEY);
    const { cloud, cluster } = harness.world;
    const before = [...cloud.calls];

    await operator.resume(id, context());

    const calls = cloud.calls.slice(before.length);
    assert.deepEqual(
      calls.filter((call) => /^(create|update|delete|act)/.test(call)),
      [],
    );
    assert.equal(cluster.started.length, 2, 'neither install nor start ran again');
    assertWhole();
  });

  it('adopts droplets whose creation went through though the reply was lost, and makes no second set', async () => {
    harness.world.cloud.fail('createDroplets', 'outcomeUnknown', { isAfterEffect: true });

    await operator.create(SPEC, context(), OWN_KEY);

    assert.equal(harness.world.cloud.count('createDroplets'), 1);
    assertWhole();
  });

  it('waits before it asks again for droplets of a call that may still take effect', async () => {
    const { cloud, clock } = harness.world;
    let askedAt: number[] = [];
    cloud.onCall = (method) => {
      askedAt = method === 'createDroplets' ? [...askedAt, clock.now()] : askedAt;
    };
    cloud.fail('createDroplets', 'outcomeUnknown');

    await operator.create(SPEC, context(), OWN_KEY);

    assert.equal(askedAt.length, 2);
    assert.ok((askedAt[1] ?? 0) - (askedAt[0] ?? 0) >= 60_000);
    assertWhole();
  });

  it('adopts a key, a firewall and a tag whose replies were lost', async () => {
    for (const method of ['createSshKey', 'createFirewall', 'createTag'] as const) {
      harness.world.cloud.fail(method, 'outcomeUnknown', { isAfterEffect: true });
    }

    await operator.create(SPEC, context(), OWN_KEY);

    assertWhole();
    assert.equal((await harness.journal(idOf())).sshKey?.isOurs, true);
  });

  it('can be cancelled at every step and resumed to the same end', async () => {
    for (let cutAt = 1; cutAt <= 14; cutAt++) {
      const one = await Harness.create();
      const window = await one.open();
      const controller = new AbortController();
      const steps = new Set<string>();
      const cut = { ...context(controller) };
      const report = (message: string): void => {
        steps.add(message.split(':')[0] ?? '');
        if (steps.size > cutAt) {
          controller.abort();
        }
      };

      await assert.rejects(window.operator.create(SPEC, { ...cut, report }, OWN_KEY), { name: 'AbortError' });
      const id = window.operator.snapshots()[0]?.id;
      if (id !== undefined) {
        // Another window, to which only what is on disk and in the world is known.
        const later = await one.open();
        await later.operator.resume(id, context());
        ({ operator } = later);
        harness = one;
        assertWhole();
      }
      await one.dispose();
    }
  });

  it('goes on from a step that failed, and says what failed until then', async () => {
    harness.world.cloud.fail('createFirewall', 'cloudRefused');

    await assert.rejects(operator.create(SPEC, context(), OWN_KEY), code('cloudRefused'));

    const failed = operator.snapshots()[0]?.steps.find(({ state }) => state === 'failed');
    assert.equal(failed?.id, 'firewall');
    assert.match(failed.detail ?? '', /createFirewall/);
    await operator.resume(idOf(), context());
    assertWhole();
  });

  it('tries again what may pass, without being asked', async () => {
    const { cloud } = harness.world;
    cloud.fail('listDropletsByTag', 'cloudUnavailable', { times: 3 });
    cloud.fail('hasTag', 'rateLimited');
    harness.world.discoveryFailures = 2;

    await operator.create(SPEC, context(), OWN_KEY);

    assertWhole();
  });

  it('stops at once when the token is of another account in mid-plan, and touches nothing there', async () => {
    const { cloud } = harness.world;
    cloud.onCall = (method) => {
      if (method === 'hasTag') {
        cloud.accountUuid = 'account-2';
      }
    };

    await assert.rejects(operator.create(SPEC, context(), OWN_KEY), code('wrongAccount'));

    assert.deepEqual([cloud.tags.size, cloud.droplets.length], [0, 0]);
  });

  it('refuses a discovery URL of the wrong size before anything is billed', async () => {
    harness.world.discoverySize = 3;

    await assert.rejects(operator.create(SPEC, context(), OWN_KEY), code('discoveryFailed'));

    assert.equal(harness.world.cloud.droplets.length, 0);
  });

  it('says so when etcd has formed with proxies instead of members', async () => {
    harness.world.cluster.memberCount = 3;

    await assert.rejects(operator.create(SPEC, context(), OWN_KEY), (error: unknown) => {
      assert.ok(ClusterError.is(error, 'quorumLost'));
      assert.match(error.message, /3 members instead of 5/);
      return true;
    });
  });

  it('names the node on which swap could not be turned on', async () => {
    harness.world.cluster.swapFails.add('deis-4');

    await assert.rejects(operator.create(SPEC, context(), OWN_KEY), (error: unknown) => {
      assert.ok(ClusterError.is(error, 'timedOut'));
      assert.match(error.message, /deis-4/);
      return true;
    });
    harness.world.cluster.swapFails.clear();
    await operator.resume(idOf(), context());
    assertWhole();
  });

  it('gives up on a unit that crashes for ever, naming unit and node, though deisctl would wait for ever', async () => {
    harness.world.cluster.crashing.add('deis-controller.service');

    await assert.rejects(operator.create(SPEC, context(), OWN_KEY), (error: unknown) => {
      assert.ok(ClusterError.is(error, 'unitFailed'));
      assert.match(error.message, /deis-controller\.service .* on deis-\d/);
      return true;
    });
  });

  it('has every node pull the images ahead, and does without where that is not possible', async () => {
    harness.world.cluster.preseedFails = true;

    await operator.create(SPEC, context(), OWN_KEY);

    assert.equal(harness.world.cluster.preseeded.size, 5);
    assert.ok(harness.world.log.lines.some((line) => line.includes('deis-1 does not pull images ahead: Failed')));
    assertWhole();
  });

  it('installs nothing of the platform before swap is proved on every node', async () => {
    harness.world.cluster.swapFails.add('deis-4');

    await assert.rejects(operator.create(SPEC, context(), OWN_KEY), code('timedOut'));

    assert.deepEqual(harness.world.cluster.started, []);
  });

  it('is not held up by a node that is mute once the cluster has formed', async () => {
    const { id } = await operator.create({ ...SPEC, installPlatform: false, openPorts: false }, context(), OWN_KEY);
    harness.world.mute.add('deis-1');

    await operator.platform(id, 'install', context());

    assert.deepEqual(harness.world.cluster.started, ['install platform --router-mesh-size=5']);
  });

  it('stops after the swap when the platform is not wanted', async () => {
    const cluster = await operator.create({ ...SPEC, installPlatform: false, openPorts: true }, context(), OWN_KEY);

    assert.deepEqual(harness.world.cluster.started, []); // and no port is opened: nothing would answer there
    assert.deepEqual(cluster.steps.map(({ id }) => id).slice(-2), ['swapProof', 'outside']);
  });

  it('warns loudly about a private port that answers the Internet, and about nothing else', async () => {
    harness.world.exposed.add('deis-2:2375');

    const cluster = await operator.create(SPEC, context(), OWN_KEY);

    assert.match(cluster.problem ?? '', /deis-2 answers the whole Internet on port 2375/);
  });

  it('keeps secrets out of the journal and the log', async () => {
    await operator.create(SPEC, context(), OWN_KEY);

    const { secrets, log } = harness.world;
    const texts = [await readFile(harness.fileOf(idOf()), 'utf8'), ...log.lines];
    for (const secret of secrets.values.values()) {
      assert.ok(
        texts.every((text) => !text.includes(secret) && !text.includes(Buffer.from(secret).toString('base64'))),
      );
    }
    assert.equal(secrets.values.size, 3);
  });

  it('leaves no copy of the private key on a node', async () => {
    await operator.create(SPEC, context(), OWN_KEY);

    for (const node of harness.world.cluster.nodes.values()) {
      assert.ok([...node.files.values()].every((text) => !text.includes('RSA PRIVATE KEY')));
    }
  });

  it('pins keys that the nodes made themselves, and refuses another one from then on', async () => {
    const { id } = await operator.create(SPEC, context(), OWN_KEY);

    const journal = await harness.journal(id);
    assert.ok(journal.nodes.every(({ hostKeys }) => hostKeys.length === 1 && hostKeys[0] !== journal.bootstrapHostKey));
    const node = harness.world.cluster.node(journal.nodes[0]?.dropletId ?? 0);
    node.files.set('/etc/ssh/ssh_host_ed25519_key.pub', `${journal.bootstrapHostKey ?? ''}\n`);
    await assert.rejects(operator.connect(id, 'deis-1'), code('hostKeyChanged'));
  });
});
