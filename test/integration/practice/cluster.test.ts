import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Operator } from '../../../src/core/operator';
import { Computer, context } from '../core/window';
import { PRACTICE_SPEC } from '../../samples';

/** etcd, fleet and their programs on whole nodes, through the shipped bundles and real SSH. */
describe('etcd and fleet on nodes of the practice cloud', { timeout: 180_000 }, () => {
  const computer = new Computer();
  let operator: Operator;
  let id = '';

  async function shell(node: string, script: string, stdin = ''): Promise<string> {
    const connection = await operator.connect(id, node);
    try {
      const { stdout, stderr } = await connection.exec(['sh', '-c', script], { stdin });
      return stdout + stderr;
    } finally {
      connection.dispose();
    }
  }

  async function until(node: string, script: string, wanted: RegExp): Promise<void> {
    let last = '';
    for (let attempt = 0; attempt < 120; attempt += 1) {
      last = await shell(node, script).catch(String);
      if (wanted.test(last)) return;
      await sleep(100);
    }
    assert.match(last, wanted);
  }

  before(async () => {
    operator = await computer.open({ practiceSpeed: 60 });
    const spec = { ...PRACTICE_SPEC, prefix: 'fleet', installPlatform: false, openPorts: false } as const;
    id = (await operator.create(spec, context())).id;
  });
  after(() => computer.dispose());

  it('lets fd-forward carry the API, as fleetctl --tunnel asks for it', async () => {
    const request = 'GET /fleet/v1/machines?alt=json HTTP/1.1\r\nHost: domain-sock\r\nConnection: close\r\n\r\n';

    const answer = await shell('fleet-1', 'fleetctl fd-forward /var/run/fleet.sock', request);

    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(answer, /Server: fleetd\//);
    assert.equal(answer.match(/"primaryIP"/g)?.length, 5);
  });

  it('runs a unit that a person submits, and shows its status and journal where it runs', async () => {
    const text =
      '[Unit]\nDescription=Says hello\n\n[Service]\nExecStart=/bin/sh -c "echo hello from a unit; sleep 100000"\n';
    assert.equal(
      await shell('fleet-1', 'cat > hello.service; fleetctl submit hello.service', text),
      'Unit hello.service inactive\n',
    );

    const started = await shell('fleet-1', 'fleetctl start hello.service');

    assert.match(started, /^Unit hello\.service (inactive|launched on [0-9a-f]{8}\.\.\.\/10\.\d+\.\d+\.\d+)$/m);
    await until('fleet-2', 'fleetctl list-units --no-legend', /^hello\.service\t+\S+\tactive\trunning$/m);
    const machine = await shell('fleet-1', 'fleetctl list-units --full --no-legend --fields=unit,machine | grep hello');
    const place = /\t([0-9a-f]{32})\//.exec(machine)?.[1] ?? '';
    for (const node of ['fleet-1', 'fleet-2', 'fleet-3', 'fleet-4', 'fleet-5']) {
      const isHere = (await shell(node, 'cat /etc/machine-id')).trim() === place;
      const status = await shell(node, 'fleetctl status hello.service');
      assert.match(status, isHere ? /Active: active \(running\)/ : /SSH_AUTH_SOCK environment variable is not set/);
      if (isHere) assert.match(await shell(node, 'fleetctl journal hello.service'), /hello from a unit/);
    }
    assert.equal(await shell('fleet-3', 'fleetctl destroy hello.service'), 'Destroyed hello.service\n');
  });

  it('goes on as if nothing had been after the practice process was killed', async () => {
    const logged = 'journalctl -u etcd2 -u fleet --no-pager -o cat';
    const earlier = await shell('fleet-2', logged);
    const processFile = path.join(computer.folder, 'practice', 'process.json');
    process.kill((JSON.parse(readFileSync(processFile, 'utf8')) as { pid: number }).pid, 'SIGKILL');

    await until('fleet-2', 'fleetctl list-machines --no-legend | wc -l', /^5\n/);

    assert.equal(await shell('fleet-2', logged), earlier);
    assert.match(await shell('fleet-2', 'etcdctl cluster-health'), /^cluster is healthy$/m);
  });

  it('loses its quorum with three of five, keeps answering stale, and comes back', async () => {
    await shell('fleet-1', 'etcdctl set /lab 1');
    for (const node of ['fleet-3', 'fleet-4', 'fleet-5']) {
      await operator.power(id, node, 'power_off', context()).catch(() => undefined);
    }
    await until('fleet-1', 'curl -s http://127.0.0.1:2379/health', /"false"/);
    assert.equal(await shell('fleet-1', 'etcdctl get /lab'), '1\n');
    assert.match(await shell('fleet-1', 'etcdctl set /lab 2'), /^Error: {2}context deadline exceeded\n$/);
    await until('fleet-1', 'fleetctl list-machines', /Error 503: fleet server unable to communicate with etcd/);

    for (const node of ['fleet-3', 'fleet-4', 'fleet-5']) {
      await operator.power(id, node, 'power_on', context()).catch(() => undefined);
    }

    await until('fleet-1', 'fleetctl list-machines --no-legend | wc -l', /^5\n/);
    await until('fleet-1', 'fleetctl list-units --no-legend | grep -c swapon', /^5\n/);
  });

  it('replaces a member: removed, its data gone, added and joined anew', async () => {
    const name = (await shell('fleet-5', 'cat /etc/machine-id')).trim();
    const members = await shell('fleet-1', 'etcdctl member list');
    const [, member = '', url = ''] = new RegExp(`^(\\w+): name=${name} peerURLs=(\\S+)`, 'm').exec(members) ?? [];
    assert.match(await shell('fleet-1', `etcdctl member remove ${member}`), /^Removed member/);
    await until('fleet-5', 'journalctl -u etcd2 --no-pager -o cat', /permanently removed from the cluster/);
    await shell('fleet-5', 'sudo systemctl stop etcd2; sudo rm -rf /var/lib/etcd2/member');
    const added = await shell('fleet-1', `etcdctl member add ${name} ${url}`);
    const settings = added.split('\n').filter((line) => line.startsWith('ETCD_'));
    assert.equal(settings.length, 3);
    const lines = [
      '[Service]',
      'Environment=ETCD_DISCOVERY=',
      ...settings.map((line) => `Environment=${line.replaceAll('"', '')}`),
    ];
    const dropIn = '/run/systemd/system/etcd2.service.d/99-join.conf';
    await shell(
      'fleet-5',
      `sudo tee ${dropIn} > /dev/null; sudo systemctl daemon-reload; sudo systemctl start etcd2`,
      `${lines.join('\n')}\n`,
    );

    await until('fleet-1', 'etcdctl cluster-health', /^cluster is healthy$/m);
    assert.equal(await shell('fleet-5', 'etcdctl get /lab'), '1\n');
  });
});
