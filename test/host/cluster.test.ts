import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ClusterSnapshot } from '../../src/core/model/snapshot';
import type { Api } from '../../src/extension';
import { activate, call, rejection, set, until } from './deis';

const running = ({ units }: ClusterSnapshot, prefix: string): ClusterSnapshot['units'] =>
  units.filter(({ name, active, isStale }) => name.startsWith(prefix) && active === 'active' && !isStale);

/** One cluster in the practice cloud, from nothing to nothing, by automation objects alone. */
describe('A cluster in the practice cloud', function () {
  this.timeout(240_000);
  let api: Api;
  let cluster: ClusterSnapshot;
  const now = (): ClusterSnapshot => api.snapshot().find(({ id }) => id === cluster.id) ?? assert.fail('it is gone');

  before(async () => {
    api = await activate();
    await set('practice.speed', 'max');
    await vscode.commands.executeCommand('deis.clusters.focus');
    cluster = (await call('deis.cluster.create', {
      provider: 'practice',
      prefix: 'host',
      region: 'nyc3',
      size: '512mb',
      image: 'coreos-stable',
      instances: 5,
      bootstrap: 'discovery',
      routerMeshSize: 5,
      swapSizeMb: 4096,
      installPlatform: true,
      confirmed: true,
    })) as ClusterSnapshot;
  });
  after(async () => {
    // Also what a failed create has left.
    for (const { id } of api.snapshot()) await call('deis.cluster.destroy', { cluster: id, confirmed: true });
    assert.deepEqual(api.snapshot(), []);
    await set('practice.speed', undefined);
  });

  it('is created with five nodes, five etcd members, swap on each and 41 running units', () => {
    assert.equal(cluster.state, 'healthy');
    assert.deepEqual(
      cluster.nodes.map(({ name, state }) => `${name} ${state}`),
      [1, 2, 3, 4, 5].map((n) => `host-${n} ready`),
    );
    assert.equal(cluster.nodes.filter(({ etcd }) => etcd === 'leader').length, 1);
    assert.equal(cluster.nodes.filter(({ etcd }) => etcd === 'follower').length, 4);
    assert.equal(running(cluster, 'swapon.').length, 5);
    assert.ok(cluster.nodes.every(({ vitals }) => (vitals?.swapTotalMb ?? 0) >= 4000));
    assert.equal(running(cluster, 'deis-').length, 41);
    assert.ok(cluster.steps.every(({ state }) => state === 'done'));
  });

  it('costs what five droplets of the smallest size cost', () => {
    assert.equal(cluster.cost.hourly.toFixed(4), '0.0372');
    assert.equal(cluster.cost.monthly, 25);
  });

  it('is plain JSON for whoever asks', () => {
    const [snapshot] = api.snapshot();

    assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot);
    assert.equal(snapshot?.id, cluster.id);
  });

  it('stays as it is when its swap is registered and its platform configured again', async () => {
    await call('deis.swap.register', { cluster: cluster.id });
    await call('deis.platform.configure', { cluster: cluster.id });
    await call('deis.cluster.resume', { cluster: cluster.id, confirmed: true });

    assert.equal(running(now(), 'swapon.').length, 5);
    assert.equal(running(now(), 'deis-').length, 41);
  });

  it('has its platform stopped, uninstalled, installed and started', async () => {
    await call('deis.platform.stop', { cluster: cluster.id });
    await call('deis.refresh', { cluster: cluster.id });
    assert.equal(running(now(), 'deis-').length, 0);

    await call('deis.platform.uninstall', { cluster: cluster.id });
    await call('deis.refresh', { cluster: cluster.id });
    assert.deepEqual(
      now().units.filter(({ name }) => name.startsWith('deis-')),
      [],
    );

    await call('deis.platform.install', { cluster: cluster.id });
    await call('deis.platform.start', { cluster: cluster.id });
    await call('deis.refresh', { cluster: cluster.id });
    assert.equal(running(now(), 'deis-').length, 41);
  });

  it('has a node broken on purpose and repaired, each of which is seen in the snapshot', async () => {
    const [, second] = now().nodes;
    const fault = { kind: 'node-hangs', dropletId: second?.dropletId };
    const { id } = (await call('deis.practice.break', { fault, confirmed: true })) as { id: string };
    assert.deepEqual(now().faults, [{ id, fault }]);
    await until(api, cluster.id, ({ nodes }) => nodes[1]?.state === 'unreachable');

    await call('deis.practice.repair', { fault: id });
    assert.equal(now().faults, undefined);
    await until(api, cluster.id, ({ nodes }) => nodes.every(({ state }) => state === 'ready'));
  });

  it('loses a node, whose single units move to others, and gets it back with its swap', async () => {
    const controller = running(now(), 'deis-controller.')[0]?.node ?? assert.fail('no controller');

    await call('deis.node.powerOff', { cluster: cluster.id, node: controller, confirmed: true });
    const without = await until(api, cluster.id, (seen) => {
      const [moved] = running(seen, 'deis-controller.');
      return moved !== undefined && moved.node !== controller;
    });
    assert.equal(without.nodes.find(({ name }) => name === controller)?.state, 'off');
    assert.match(without.summary, /4 of 5 etcd members are up; 1 more may fail/);

    await call('deis.node.powerOn', { cluster: cluster.id, node: controller });
    const back = await until(api, cluster.id, (seen) => running(seen, 'swapon.').length === 5);
    assert.equal(back.nodes.find(({ name }) => name === controller)?.state, 'ready');
  });

  it('has a node rebooted', async () => {
    await call('deis.node.reboot', { cluster: cluster.id, node: 'host-2', confirmed: true });
    await until(api, cluster.id, (seen) => running(seen, 'swapon.').length === 5);
  });

  it('opens a terminal on a node', async () => {
    const opened = new Promise<vscode.Terminal>((resolve) => {
      const subscription = vscode.window.onDidOpenTerminal((terminal) => {
        subscription.dispose();
        resolve(terminal);
      });
    });

    await call('deis.node.openTerminal', { cluster: cluster.id, node: 'host-1' });

    const terminal = await opened;
    assert.equal(terminal.name, 'host-1');
    terminal.dispose();
  });

  it('refuses a node that it does not have', async () => {
    const error = await rejection(call('deis.node.powerOff', { cluster: cluster.id, node: 'host-9', confirmed: true }));

    assert.match(error.message, /has no node "host-9"; its nodes are: host-1, host-2/);
  });
});
