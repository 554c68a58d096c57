import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunResult } from '../support';
import { Laboratory } from './laboratory';
import { run, skipWithoutPackage, start, Talk } from './programs';

const skip = skipWithoutPackage('ssh') || skipWithoutPackage('etcdctl');

describe('Debian’s etcdctl with the v2 API, through forwardings of ssh', { skip, timeout: 240_000 }, () => {
  const lab = new Laboratory();
  let endpoint: string;
  let environment: Record<string, string>;
  before(async () => {
    await lab.start();
    endpoint = `http://${await lab.forward('L', '127.0.0.1:2379')}`;
    environment = { ...lab.environment(), ETCDCTL_API: '2' };
  });
  after(() => lab.stop());

  const etcdctl = (...args: string[]): Promise<RunResult> =>
    run('etcdctl', ['--no-sync', '--endpoints', endpoint, ...args], { environment });

  it('writes, reads, lists and removes keys', async () => {
    assert.deepEqual(await etcdctl('set', '/shop/door', 'open'), { code: 0, stdout: 'open\n', stderr: '' });
    assert.equal((await etcdctl('mk', '/shop/window', 'shut')).stdout, 'shut\n');
    assert.equal((await etcdctl('get', '/shop/door')).stdout, 'open\n');
    assert.equal((await etcdctl('update', '/shop/door', 'ajar')).stdout, 'ajar\n');
    assert.equal((await etcdctl('mkdir', '/shop/cellar')).code, 0);
    assert.equal(
      (await etcdctl('ls', '-p', '/shop')).stdout.split('\n').sort().join(' ').trim(),
      '/shop/cellar/ /shop/door /shop/window',
    );
    assert.equal((await etcdctl('ls', '--recursive', '/shop')).code, 0);
    assert.equal((await etcdctl('rm', '/shop/door')).stdout, 'PrevNode.Value: ajar\n');
    assert.equal((await etcdctl('rmdir', '/shop/cellar')).code, 0);
    assert.equal((await etcdctl('rm', '--recursive', '/shop')).code, 0);
  });

  it('says what is wrong, with the exit code for it', async () => {
    await etcdctl('set', '/here', 'now');

    const missing = await etcdctl('get', '/nowhere');
    assert.equal(missing.code, 4);
    assert.match(missing.stderr, /^Error: {2}100: Key not found \(\/nowhere\) \[\d+\]\n$/);
    assert.match((await etcdctl('mk', '/here', 'x')).stderr, /105: Key already exists \(\/here\)/);
    assert.match((await etcdctl('set', '--swap-with-value', 'later', '/here', 'x')).stderr, /101: Compare failed/);
    assert.match((await etcdctl('ls', '/nowhere')).stderr, /100: Key not found/);
  });

  it('compares and swaps, and prints whole answers', async () => {
    await etcdctl('set', '/lock', 'free');
    assert.equal((await etcdctl('set', '--swap-with-value', 'free', '/lock', 'taken')).stdout, 'taken\n');

    const { stdout } = await etcdctl('-o', 'extended', 'get', '/lock');
    assert.match(stdout, /^Key: \/lock\nCreated-Index: \d+\nModified-Index: \d+\nTTL: 0\nIndex: \d+\n\ntaken\n$/);
    const answer = JSON.parse((await etcdctl('-o', 'json', 'get', '/lock')).stdout) as { node: { value: string } };
    assert.equal(answer.node.value, 'taken');
  });

  it('sees a key with a time to live go', async () => {
    assert.equal((await etcdctl('set', '--ttl', '30', '/soon', 'gone')).code, 0);
    const watched = await etcdctl('watch', '/soon');

    assert.equal(watched.code, 0);
    assert.equal((await etcdctl('get', '/soon')).code, 4);
  });

  it('hears of a change that somebody on another node makes', async () => {
    const args = ['--no-sync', '--endpoints', endpoint, 'exec-watch', '--recursive', '/news', '--'];
    const child = lab.keep(
      start('etcdctl', [...args, 'sh', '-c', 'echo $ETCD_WATCH_ACTION $ETCD_WATCH_VALUE'], { environment }),
    );
    const talk = new Talk(child);
    const { code } = await lab.nodes.run(
      'lab-3',
      'for i in 1 2 3 4 5 6 7 8; do etcdctl set /news/today $i; sleep 5; done',
    );
    assert.equal(code, 0);

    await talk.until(/^set 8$/m);
    child.kill();
  });

  it('finds members and their health, going to each through the node (ssh -D)', async () => {
    const proxied = { ...environment, HTTP_PROXY: `socks5://${await lab.forward('D')}` };
    const address = (await lab.nodes.run('lab-1', '. /etc/environment; echo $COREOS_PRIVATE_IPV4')).stdout.trim();
    const ask = (...args: string[]): Promise<RunResult> =>
      run('etcdctl', ['--endpoints', `http://${address}:2379`, ...args], { environment: proxied });

    const members = await ask('member', 'list');
    assert.equal(members.code, 0);
    const line =
      /^[0-9a-f]{1,16}: name=[0-9a-f]{32} peerURLs=http:\/\/10\.\S+:2380 clientURLs=http:\/\/10\.\S+:2379 isLeader=(?:true|false)$/gm;
    assert.equal(members.stdout.match(line)?.length, 3);
    const health = await ask('cluster-health');
    assert.equal(health.code, 0, health.stdout + health.stderr);
    assert.match(health.stdout, /^cluster is healthy$/m);
  });
});
