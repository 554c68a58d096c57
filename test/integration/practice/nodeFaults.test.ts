import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Nodes, startNodes } from './nodes';
import { skipWithoutPackage } from './clients/programs';
import { removeFolder } from '../removeFolder';
import { at, temporaryFolder, type Practice } from './support';

const skip = skipWithoutPackage('ssh');

describe('nodes that are broken on demand, by OpenSSH’s own client', { skip, timeout: 240_000 }, () => {
  let folder: string;
  let practice: Practice;
  let nodes: Nodes;
  let ids: number[];
  const start = async (): Promise<void> => {
    ({ practice, nodes } = await startNodes(folder));
  };
  before(async () => {
    folder = temporaryFolder();
    await start();
    ids = await nodes.create(['f-1', 'f-2', 'f-3'], {});
    for (const name of ['f-1', 'f-2', 'f-3']) await nodes.until(name, 'etcdctl cluster-health', /cluster is healthy/);
  });
  after(async () => {
    await practice.kill();
    await removeFolder(folder);
  });
  const heal = async (): Promise<void> => {
    await practice.call('DELETE', '/practice/faults');
  };
  afterEach(heal);
  const add = async (fault: object): Promise<void> => {
    const { status, text } = await practice.call('POST', '/practice/faults', { body: { dropletId: ids[0], ...fault } });
    assert.equal(status, 201, text);
  };
  const restart = async (): Promise<void> => {
    await practice.call('POST', '/v2/tags', { body: { name: 'saved' } });
    await practice.kill('SIGKILL');
    await start();
  };

  it('refuse SSH, and nothing else of them is concerned', async () => {
    await add({ kind: 'ssh-refuses' });
    const socket = connect(await nodes.port('f-1'), '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];

    assert.equal(error.code, 'ECONNREFUSED');
    const { code, stderr } = await nodes.run('f-1', 'true');
    assert.equal(code, 255);
    assert.match(stderr, /Connection refused/);
    assert.match((await nodes.run('f-2', 'etcdctl cluster-health')).stdout, /cluster is healthy/);
    await heal();
    assert.equal((await nodes.run('f-1', 'true')).code, 0);
  });

  it('let SSH in and say nothing', async () => {
    await add({ kind: 'ssh-hangs' });
    const { code, stderr } = await nodes.run('f-1', 'true', '', ['-o', 'ConnectTimeout=1']);

    assert.equal(code, 255);
    assert.match(stderr, /timed out/);
    await heal();
    assert.equal((await nodes.run('f-1', 'true')).code, 0);
  });

  it('show other host keys, also after a restart and a reboot, and their own again afterwards', async () => {
    const key = 'cat /etc/ssh/ssh_host_ed25519_key.pub';
    const before = (await nodes.run('f-1', key)).stdout;
    await add({ kind: 'ssh-changes-host-key' });
    await restart();
    const after = (await nodes.run('f-1', key)).stdout;
    assert.notEqual(after, before);
    assert.match(after, /^ssh-ed25519 /);
    const boot = 'cat /proc/sys/kernel/random/boot_id';
    const booted = (await nodes.run('f-1', boot)).stdout.trim();
    await nodes.run('f-1', 'sudo reboot');
    await nodes.until('f-1', boot, new RegExp(`^(?!${booted})[0-9a-f-]{36}$`, 'm'));
    assert.equal((await nodes.run('f-1', key)).stdout, after);
    await heal();
    assert.equal((await nodes.run('f-1', key)).stdout, before);
  });

  it('have no room on their disk, until it is repaired or the operator makes some', async () => {
    await add({ kind: 'disk-fills' });
    const df = await nodes.run('f-1', 'df -m / | tail -1');
    assert.match(df.stdout, /\b100%/);
    const write = await nodes.run('f-1', 'echo more > /var/tmp/more');
    assert.notEqual(write.code, 0);
    assert.match(write.stderr, /No space left on device/);
    assert.notEqual((await nodes.run('f-1', 'sudo fallocate -l 1g /swap')).code, 0);
    await restart();
    assert.notEqual((await nodes.run('f-1', 'echo more > /var/tmp/more')).code, 0);

    assert.equal((await nodes.run('f-1', 'sudo rm /var/tmp/fills-the-disk-*')).code, 0);
    assert.equal((await nodes.run('f-1', 'echo more > /var/tmp/more')).code, 0);
    await heal();
  });

  it('lose their etcd member while the disk is full, and the others go on without it', async () => {
    await add({ kind: 'disk-fills' });
    await nodes.until('f-2', 'etcdctl set /disk full && sleep 2', /full/);
    await nodes.until('f-1', 'journalctl -u etcd2 --no-pager', /save state and entries error: write .*: no space left/);
    await nodes.until('f-2', 'etcdctl cluster-health', /is unreachable[^]*cluster is (degraded|healthy)/);

    await heal();
    await nodes.until('f-1', 'etcdctl get /disk', /full/);
  });

  it('have a wrong clock, which consensus does not mind', async () => {
    const seconds = async (name: string): Promise<number> => Number((await nodes.run(name, 'date +%s')).stdout);
    await add({ kind: 'clock-drifts', seconds: 86_400 });
    const ahead = (await seconds('f-1')) - (await seconds('f-2'));
    assert.ok(Math.abs(ahead - 86_400) < 3_600, `${ahead} s ahead`);
    await nodes.run('f-1', 'sudo systemd-run /bin/true; echo a > /tmp/dated; date -u');
    const day = (await nodes.run('f-1', 'date +%F')).stdout.trim();
    assert.ok((await nodes.run('f-1', 'journalctl --no-pager -n 1 -o short-iso')).stdout.includes(day));
    const listed = (await nodes.run('f-1', 'ls -l /tmp/dated; date +"%b %e"')).stdout;
    const [file = '', today = ''] = listed.trim().split('\n');
    assert.ok(file.includes(today), listed);
    assert.equal((await nodes.run('f-1', 'etcdctl set /drift fine')).stdout, 'fine\n');
    assert.equal((await nodes.run('f-1', 'uptime -s')).code, 0);
    await heal();
    assert.ok(Math.abs((await seconds('f-1')) - (await seconds('f-2'))) < 3_600);
  });

  it('are cut off from all others: what they answer is old, and they can change nothing', async () => {
    await nodes.run('f-1', 'etcdctl set /cut before');
    const [one = 0, ...rest] = ids;
    const { status } = await practice.call('POST', '/practice/faults', {
      body: { kind: 'network-split', groups: [[one], rest] },
    });
    assert.equal(status, 201);
    await nodes.until('f-2', 'etcdctl set /cut after', /^after/);
    // fleet: a machine's entry lives half a minute; who is alone goes on telling what it knew.
    await nodes.until('f-2', 'fleetctl list-machines --no-legend | wc -l', /^2$/m);
    assert.match((await nodes.run('f-1', 'etcdctl cluster-health')).stdout, /cluster is un(healthy|available)/);
    assert.equal((await nodes.run('f-1', 'etcdctl get /cut')).stdout, 'before\n');
    assert.notEqual((await nodes.run('f-1', 'etcdctl set /cut lost')).code, 0);
    // etcdctl gives up before etcd does, which would still put it through when there is a leader again.
    await nodes.run('f-1', 'sleep 10');
    await heal();
    await nodes.until('f-1', 'etcdctl get /cut', /after/);
    await nodes.until('f-1', 'fleetctl list-machines --no-legend | wc -l', /^3$/m);
  });

  it('lose their power and boot when they have it again', async () => {
    const boot = async (): Promise<string> => (await nodes.run('f-1', 'cat /proc/sys/kernel/random/boot_id')).stdout;
    const before = await boot();
    await add({ kind: 'node-loses-power' });
    assert.equal(at((await practice.call('GET', `/v2/droplets/${ids[0]}`)).json, 'droplet.status'), 'off');
    const actions = await practice.call('GET', `/v2/droplets/${ids[0]}/actions`);
    assert.doesNotMatch(actions.text, /power_off/);
    await heal();
    await nodes.until('f-1', 'etcdctl cluster-health', /cluster is healthy/);
    assert.notEqual(await boot(), before);
  });
});
