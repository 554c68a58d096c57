import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, Nodes, startNodes } from './nodes';
import { skipWithoutPackage } from './clients/programs';
import { removeFolder } from '../removeFolder';
import { at, listAt, temporaryFolder, until, type Practice } from './support';

const skip = skipWithoutPackage('ssh');

describe('nodes of the practice cloud, by OpenSSH’s own client', { skip, timeout: 240_000 }, () => {
  const names = ['n-1', 'n-2', 'n-3', 'n-4', 'n-5'];
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
    await practice.call('POST', '/v2/tags', { body: { name: 'walled' } });
    const everywhere = { addresses: ['0.0.0.0/0'] };
    await practice.call('POST', '/v2/firewalls', {
      body: {
        ...{ name: 'wall', tags: ['walled'] },
        inbound_rules: [
          { protocol: 'tcp', ports: '22', sources: everywhere },
          { protocol: 'tcp', ports: '0', sources: { tags: ['walled'] } },
        ],
        outbound_rules: [{ protocol: 'tcp', ports: '0', destinations: everywhere }],
      },
    });
    ids = await nodes.create(names, { tags: ['walled'] });
  });
  after(async () => {
    await practice.kill();
    await removeFolder(folder);
  });
  const act = async (id: number, type: string, status: string): Promise<void> => {
    await practice.call('POST', `/v2/droplets/${id}/actions`, { body: { type } });
    await until(
      () => practice.call('GET', `/v2/droplets/${id}`),
      ({ json }) => at(json, 'droplet.status') === status && at(json, 'droplet.locked') === false,
    );
  };

  it('run commands: output, errors, input and exit code', async () => {
    await nodes.until('n-1', 'hostname', /^n-1\n$/);
    const { code, stdout, stderr } = await nodes.run('n-1', 'cat; echo no >&2; exit 7', 'from outside\n');

    assert.deepEqual([code, stdout, stderr], [7, 'from outside\n', 'no\n']);
  });

  it('are listed with where each of their public ports listens on loopback; by name and port when asked so', async () => {
    const list = async (query: string): Promise<readonly unknown[]> =>
      listAt((await practice.call('GET', `/practice/nodes${query}`)).json, 'nodes');
    const all = await list('');
    assert.deepEqual(all.map((node) => at(node, 'name')).sort(), names);
    for (const node of all) {
      for (const port of [22, 80, 443, 2222, 2379, 4001]) assert.ok(Number(at(node, `ports.${port}`)) > 0);
    }
    const [only, ...others] = await list('?name=n-2&port=80');
    assert.deepEqual([at(only, 'name'), Object.keys(at(only, 'ports') as object), others], ['n-2', ['80'], []]);
    assert.equal((await practice.call('GET', '/practice/nodes?port=81')).status, 400);
  });

  it('let in only core, and only with a key of the droplet', async () => {
    const stranger = path.join(folder, 'stranger');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);

    const asRoot = await nodes.run('n-1', 'true', '', ['-l', 'root']);
    const withOtherKey = await new Nodes(practice, folder, stranger).run('n-1', 'true');

    assert.deepEqual([asRoot.code, withOtherKey.code], [255, 255]);
    assert.match(withOtherKey.stderr, /Permission denied/);
  });

  it('find each other: five members, five machines', async () => {
    await nodes.until('n-1', 'etcdctl cluster-health', /cluster is healthy/);
    const members = await nodes.run('n-3', 'etcdctl member list');
    assert.equal(members.stdout.trim().split('\n').length, 5);
    await nodes.until('n-2', 'fleetctl list-machines --no-legend | wc -l', /^5$/m);
  });

  it(
    'forward to fleet’s socket and to etcd, where Debian’s etcdctl finds a v2 API',
    { skip: skipWithoutPackage('etcdctl') },
    async () => {
      const [etcd, fleet] = [await freePort(), path.join(folder, 'fleet.sock')];
      const tunnel = await nodes.start(
        'n-1',
        ['-N', '-L', `127.0.0.1:${etcd}:127.0.0.1:2379`, '-L', `${fleet}:/var/run/fleet.sock`],
        [],
      );
      try {
        await until(
          async () => {
            await sleep(50);
            return { status: existsSync(fleet) ? 200 : 0, headers: {}, text: '', json: undefined };
          },
          ({ status }) => status === 200,
        );
        const environment = { ...process.env, ETCDCTL_API: '2' };
        const run = (...args: string[]): string =>
          execFileSync('etcdctl', ['--no-sync', '--endpoints', `http://127.0.0.1:${etcd}`, ...args], {
            ...{ env: environment, encoding: 'utf8' },
          });
        assert.equal(run('set', '/from-outside', 'hello'), 'hello\n');
        assert.match((await nodes.run('n-4', 'etcdctl get /from-outside')).stdout, /hello/);
        const machines = execFileSync('curl', ['-s', '--unix-socket', fleet, 'http://x/fleet/v1/machines'], {
          encoding: 'utf8',
        });
        assert.equal((JSON.parse(machines) as { machines: unknown[] }).machines.length, 5);
      } finally {
        tunnel.kill();
      }
    },
  );

  it('are walled in: etcd is mute from outside and open among themselves', async () => {
    const socket = connect(await nodes.port('n-1', 2379), '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => (heard += String(chunk)));
    socket.on('error', (error) => (heard += error.message));
    socket.write('GET /health HTTP/1.0\r\n\r\n');
    await sleep(300);
    socket.destroy();

    assert.equal(heard, '');
    const peer = (await nodes.run('n-2', 'cat /etc/environment')).stdout;
    const [, address] = /COREOS_PRIVATE_IPV4=(\S+)/.exec(peer) ?? [];
    assert.match((await nodes.run('n-1', `curl -s http://${address ?? ''}:2379/health`)).stdout, /"true"/);
  });

  it('reach nothing outside the model', async () => {
    const { code, stderr } = await nodes.run(
      'n-1',
      `curl -sS ${practice.api}/v2/account; curl -sS http://127.0.0.1:1/`,
    );

    assert.notEqual(code, 0);
    assert.match(stderr, /refused/i);
    const account = await nodes.run('n-1', `curl -s ${practice.api}/v2/account`);
    assert.equal(account.stdout, '404 page not found\n');
  });

  it('keep everything over a kill of the process: host key, machine id, etcd’s data', async () => {
    const facts = 'cat /etc/machine-id /etc/ssh/ssh_host_*_key.pub; etcdctl get /kept';
    await nodes.run('n-5', 'etcdctl set /kept yes');
    const before = await nodes.run('n-5', facts);
    await practice.kill('SIGKILL');
    await start();
    await nodes.until('n-5', 'etcdctl cluster-health', /cluster is healthy/);
    const again = await nodes.run('n-5', facts);

    assert.match(before.stdout, /yes/);
    assert.deepEqual(again, before);
  });

  it('freeze without a word when the power goes, and come back with the same host key', async () => {
    const id = ids[4] ?? 0;
    const key = 'cat /etc/ssh/ssh_host_*_key.pub';
    const before = await nodes.run('n-5', key);
    const session = await nodes.start(
      'n-5',
      ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=2'],
      ['journalctl -f -n 1'],
    );
    let said = '';
    session.stdout?.on('data', (chunk) => (said += String(chunk)));
    await until(
      async () => {
        await sleep(20);
        return { status: said === '' ? 0 : 200, headers: {}, text: said, json: undefined };
      },
      ({ status }) => status === 200,
    );
    await act(id, 'power_off', 'off');
    const offAt = performance.now();
    const [code] = (await once(session, 'exit')) as [number];
    const endedAfterMs = performance.now() - offAt;
    const refused = await nodes.run('n-5', 'true', '', ['-o', 'ConnectTimeout=1']);
    await act(id, 'power_on', 'active');

    assert.equal(code, 255, 'the session was ended by the other side');
    assert.ok(endedAfterMs > 1_500, `it ended after ${endedAfterMs} ms: somebody closed it`);
    assert.equal(refused.code, 255);
    assert.deepEqual((await nodes.until('n-5', key, /ssh-/)).length, before.stdout.length);
    assert.equal((await nodes.run('n-5', key)).stdout, before.stdout);
  });

  const broken = async (fault: object, run: () => Promise<void>): Promise<void> => {
    const { status, text } = await practice.call('POST', '/practice/faults', { body: fault });
    assert.equal(status, 201, text);
    try {
      await run();
    } finally {
      await practice.call('DELETE', '/practice/faults');
    }
  };

  it('are split in two and three on demand: stale reads on the one side, writes on the other', async () => {
    const [one = 0, two = 0, ...rest] = ids;
    await nodes.until('n-1', 'etcdctl cluster-health', /cluster is healthy/);
    await nodes.run('n-1', 'etcdctl set /split before');
    await nodes.until('n-2', 'etcdctl get /split', /before/);
    await broken({ kind: 'network-split', groups: [[one, two], rest] }, async () => {
      await nodes.until('n-4', 'etcdctl set /split after', /^after/);
      const stale = await nodes.run('n-2', 'etcdctl get /split');
      const write = await nodes.run('n-1', 'etcdctl set /split lost');
      // etcd itself goes on trying for longer than its client, and would do it after all when a leader comes in time.
      await nodes.run('n-1', 'sleep 10');

      assert.equal(stale.stdout, 'before\n');
      assert.notEqual(write.code, 0);
    });
    await nodes.until('n-1', 'etcdctl get /split', /after/);
  });

  it('hang on demand, mute and without an end, and answer again', async () => {
    await broken({ kind: 'node-hangs', dropletId: ids[2] }, async () => {
      const { code, stderr } = await nodes.run('n-3', 'true', '', ['-o', 'ConnectTimeout=1']);
      assert.equal(code, 255);
      assert.match(stderr, /timed out/);
      assert.doesNotMatch((await nodes.run('n-1', 'etcdctl cluster-health')).stdout, /cluster is healthy/);
    });
    await nodes.until('n-3', 'etcdctl cluster-health', /cluster is healthy/);
  });

  it('have only what their user data brings, and form no cluster of four where five are asked for', async () => {
    await nodes.create(['f-1', 'f-2', 'f-3', 'f-4'], { size: 5 });
    await nodes.until('f-1', 'journalctl -u etcd2 -o cat', /found 4 peer\(s\), waiting for 1 more/);
    const { code, stderr } = await nodes.run('f-1', 'deisctl list');
    const health = await nodes.run('f-1', 'etcdctl cluster-health');

    assert.deepEqual([code, stderr], [127, 'bash: deisctl: command not found\n']);
    assert.notEqual(health.code, 0);
  });

  it('become proxies beyond the size of the discovery URL', async () => {
    await nodes.create(['p-1', 'p-2', 'p-3', 'p-4', 'p-5'], { size: 3 });
    await nodes.until('p-5', 'etcdctl cluster-health', /cluster is healthy/);
    const { stdout } = await nodes.run('p-5', 'etcdctl member list');

    assert.equal(stdout.trim().split('\n').length, 3);
  });
});
