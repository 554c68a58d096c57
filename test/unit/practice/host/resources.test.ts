import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { PoweredHost } from '../../../../src/practice/kernel';
import { cluster, disposeClusters, untilTrue } from './fakes';
import { GLOBALS, launch, running, SINGLES } from './platform';

const kernelLog = (host: PoweredHost): string =>
  host.journal
    .read()
    .filter(({ identifier }) => identifier === 'kernel')
    .map(({ text }) => text)
    .join('\n');

async function giveSwap(host: PoweredHost): Promise<void> {
  const { exitCode, stderr } = await host.run(
    'mkdir -p /var/vm && fallocate -l 4096m /var/vm/swap && chmod 600 /var/vm/swap && mkswap /var/vm/swap && swapon /var/vm/swap',
  );
  assert.equal(exitCode, 0, stderr);
}

const restarts = (host: PoweredHost): number =>
  host.systemd
    .list()
    .filter(({ name }) => name.startsWith('deis-'))
    .reduce((sum, unit) => sum + unit.restarts, 0);

const said = (host: PoweredHost, unit: string, words: string): boolean =>
  host.journal.read({ unit }).some(({ text }) => text.includes(words));

afterEach(disposeClusters);

describe('memory', () => {
  it('of 512 MB without swap does not carry the platform: the kernel kills, units restart for ever', async () => {
    const { hosts } = await cluster(1, { spec: { memoryMb: 512 } });
    const [one] = hosts;

    launch(one, [...GLOBALS, 'router']);
    await untilTrue(one, () => restarts(one) >= 6);

    const log = kernelLog(one);
    assert.match(log, /Out of memory: Kill process \d+ \(ceph-osd\) score \d+ or sacrifice child/);
    assert.match(log, /Killed process \d+ \(ceph-osd\) total-vm:\d+kB, anon-rss:\d+kB/);
    const journal = one.journal.read({ unit: 'deis-store-daemon' }).map(({ text }) => text);
    assert.ok(journal.includes("deis-store-daemon.service: Failed with result 'exit-code'."));
    assert.ok(journal.some((text) => text.includes('status=137/n/a')));
    await untilTrue(one, () => one.resources.pressure > 0.5);
  });

  it('that is short makes etcd time out and elect, and gives it back its pace with swap', async () => {
    const { hosts } = await cluster(3, { spec: { memoryMb: 512 } });
    const [one] = hosts;
    const write = 'curl -s -XPUT -d value=1 http://127.0.0.1:2379/v2/keys/probe';
    const before = await one.run(write);

    hosts.forEach((host) => launch(host, [...GLOBALS, 'router']));
    await untilTrue(one, () => hosts.some((host) => said(host, 'etcd2', 'server is likely overloaded')));
    await untilTrue(one, () => one.resources.pressure > 0.85);
    const during = await one.run(write);
    const elections = (): number => hosts.filter((host) => said(host, 'etcd2', 'starting a new election')).length;
    await untilTrue(one, () => elections() > 1);
    await giveSwap(one);
    const after = await one.run(write);

    assert.match(before.stdout, /^\{"action":"set"/);
    assert.match(during.stdout, /"errorCode":300.*request timed out/);
    assert.ok(said(one, 'etcd2', 'got unexpected response error (etcdserver: request timed out)'));
    assert.match(after.stdout, /^\{"action":"set"/);
  });

  it('of 512 MB with 4 GiB of swap does, all single units included', async () => {
    const { hosts } = await cluster(1, { spec: { memoryMb: 512 } });
    const [one] = hosts;
    await giveSwap(one);

    launch(one, [...GLOBALS, ...SINGLES, 'router']);
    await running(one, [...GLOBALS, ...SINGLES, 'router']);
    await untilTrue(one, () => one.listener({ port: 8000 }) !== undefined);

    assert.equal(kernelLog(one).includes('Out of memory'), false);
    assert.ok(one.resources.swapUsedMb > 300);
    assert.match(await one.files.readFile('/proc/swaps'), /\/var\/vm\/swap\s+file\t\t4194300\t\t\d+\t\t-1\n$/);
  });

  it('of 1 GB carries one node of a healthy cluster, but not all single units of it at once', async () => {
    const { hosts } = await cluster(1, { spec: { memoryMb: 1024 } });
    const [one] = hosts;
    launch(one, [...GLOBALS, 'router', 'store-gateway', 'logger']);
    await running(one, [...GLOBALS, 'router', 'store-gateway', 'logger']);
    const before = kernelLog(one);

    launch(one, SINGLES);
    await untilTrue(one, () => kernelLog(one).includes('Out of memory'));

    assert.equal(before.includes('Out of memory'), false);
  });

  it('is given back: what is out of memory cannot be swapped in by swapoff', async () => {
    const { hosts } = await cluster(1, { spec: { memoryMb: 512 } });
    const [one] = hosts;
    await giveSwap(one);
    launch(one, GLOBALS);
    await running(one, GLOBALS);
    await untilTrue(one, () => one.resources.swapUsedMb > 20);

    const refused = one.resources.removeSwap('/var/vm/swap');
    for (const component of GLOBALS) {
      await one.systemd.stop(`deis-${component}.service`);
    }

    assert.equal(refused, false);
    assert.equal(one.resources.removeSwap('/var/vm/swap'), true);
    assert.equal(one.resources.swapTotalMb, 0);
  });
});

describe('the disk', () => {
  it('that is full stops pulls', async () => {
    const { hosts } = await cluster(1);
    const [one] = hosts;
    const free = one.resources.diskTotalMb - one.resources.diskUsedMb;
    one.resources.allocate('/var/log/big', (free - 100) * 1024 * 1024);

    const pulled = await one.run('docker pull deis/controller:v1.13.1');
    const images = await one.run('docker images -q');

    assert.equal(pulled.exitCode, 1);
    assert.match(pulled.stderr, /no space left on device/);
    assert.equal(images.stdout, '');
  });

  const fill = (host: PoweredHost, leaveMb: number): void => {
    const free = host.resources.diskTotalMb - host.resources.diskUsedMb;
    host.resources.allocate('/var/log/big', (free - leaveMb) * 1024 * 1024);
  };

  it('that is nearly full ends the monitor', async () => {
    const { hosts } = await cluster(1);
    const [one] = hosts;
    launch(one, ['store-monitor']);
    await untilTrue(one, () => one.listener({ port: 6789 }) !== undefined);

    fill(one, 700);
    await untilTrue(one, () => said(one, 'deis-store-monitor', 'reached critical levels of available space'));

    assert.equal(one.listener({ port: 6789 }), undefined);
  });

  it('with too little room takes no journal of an object store', async () => {
    const { hosts } = await cluster(1);
    const [one] = hosts;
    fill(one, 3000);

    launch(one, ['store-monitor', 'store-daemon']);

    await untilTrue(one, () => said(one, 'deis-store-daemon', 'No space left on device'));
  });
});
