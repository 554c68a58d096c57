import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { VirtualLab } from '../../virtual/virtualLab';
import { beginPlatform, everywhere, giveSwap, NODES, openFive, until, untilRunning } from './fiveNodes';

/** Nodes with enough memory need less than a minute. */
const MINUTES = 5;
/** Shorter than a unit waits before it is started again. */
const LOOK_MS = 4_500;
const UNITS = 'fleetctl list-units --no-legend --fields=unit,active,sub';
const HEALTH = "curl -s -o /dev/null -w '%{http_code}' -H 'Host: deis.example.com' http://127.0.0.1/healthz";

describe('the platform on five nodes of 512 MB without swap', { timeout: 400_000 }, () => {
  let lab: VirtualLab;
  /** What fleet said again and again. */
  const lists: string[] = [];
  const health: string[] = [];
  /** Of all fleetd. */
  const fleet: string[] = [];
  before(async () => {
    lab = await openFive('512mb');
    await beginPlatform(lab);
    for (let ms = 0; ms < MINUTES * 60_000; ms += LOOK_MS) {
      await lab.rest(LOOK_MS);
      lists.push(...(await everywhere(lab, UNITS)));
      fleet.push(...(await everywhere(lab, "journalctl -u fleet --no-pager -o cat --since '-1 min' | grep monitor")));
      health.push(...(await everywhere(lab, HEALTH)));
    }
  });
  after(async () => {
    await lab.close();
  });

  it('never comes up', () => {
    const running = lists.map((list) => list.match(/^deis-.*\tactive\trunning$/gm)?.length ?? 0);
    assert.ok(Math.max(...running) < 39, `once ${Math.max(...running)} rows ran`);
    assert.ok(!health.includes('200'));
  });

  it('has its reason in the kernel’s log of every node, by dmesg and by journalctl -k', async () => {
    const victim = /Out of memory: Kill process (\d+) \(([\w-]+)\) score \d+ or sacrifice child/;
    for (const node of NODES) {
      const ring = await lab.prepare(node, 'dmesg');
      const journal = await lab.prepare(node, 'journalctl -k --no-pager');
      for (const log of [ring, journal]) {
        assert.match(log, /invoked oom-killer: gfp_mask=0x24201ca, order=0, oom_score_adj=0$/m);
        const [, pid = '', name = ''] = victim.exec(log) ?? [];
        const killed = String.raw`Killed process ${pid} \(${name}\) total-vm:\d+kB, anon-rss:\d+kB, file-rss:\d+kB`;
        assert.match(log, new RegExp(killed));
      }
    }
  });

  it('leaves its units in auto-restart, by systemctl on the nodes and by fleetctl', async () => {
    for (const node of NODES) {
      await until(
        lab,
        node,
        "systemctl list-units --no-pager 'deis-*'",
        /^\s*deis-[\w@-]+\.service\s+loaded\s+activating\s+auto-restart\s/m,
      );
      const counters = await lab.prepare(node, "journalctl --no-pager -o cat -u 'deis-*' | grep 'restart counter'");
      assert.match(
        counters,
        /^deis-[\w@-]+\.service: Scheduled restart job, restart counter is at (?:[5-9]|\d\d+)\.$/m,
      );
      assert.match(
        await lab.prepare(node, "journalctl --no-pager -o cat -u 'deis-*'"),
        /Main process exited, code=exited, status=137\/n\/a/,
      );
    }
    const isSeen = lists.some((list) => /^deis-[\w@-]+\.service\t+activating\tauto-restart$/m.test(list));
    assert.ok(isSeen, `fleetctl never listed one: ${lists.at(-1) ?? ''}`);
  });

  it('has its reason in etcd, which says that it is late, and whose writes time out', async () => {
    const logs = await everywhere(lab, 'journalctl -u etcd2 --no-pager -o cat');
    for (const words of [
      /^etcdserver: failed to send out heartbeat on time \(deadline exceeded for \d+\.\d+s\)$/m,
      /^etcdserver: server is likely overloaded$/m,
      /\bgot unexpected response error \(etcdserver: request timed out\)$/m,
    ]) {
      assert.ok(
        logs.some((log) => words.test(log)),
        `no etcd says ${String(words)}`,
      );
    }
    const elections = logs.join('\n').match(/is starting a new election at term \d+/g)?.length ?? 0;
    assert.ok(elections > NODES.length, `${elections} elections`);
    const write = 'curl -s http://127.0.0.1:2379/v2/keys/probe -XPUT -d value=1';
    await until(
      lab,
      'deis-1',
      write,
      /"errorCode":300,"message":"Raft Internal Error","cause":"etcdserver: request timed out"/,
    );
  });

  it('makes heartbeats of fleetd late, until it gives up', () => {
    const late = /^ERROR server\.go:268: Server monitor triggered: Monitor timed out before successful heartbeat$/m;
    assert.ok(
      fleet.some((log) => late.test(log)),
      'no fleetd was late',
    );
  });
});

describe('the platform on five nodes of 512 MB with 4 GiB of swap', { timeout: 300_000 }, () => {
  let lab: VirtualLab;
  before(async () => {
    lab = await openFive('512mb');
    await giveSwap(lab);
    await beginPlatform(lab);
  });
  after(async () => {
    await lab.close();
  });

  it('comes up and stays up', async () => {
    await untilRunning(lab);
    for (let minute = 0; minute < MINUTES; minute += 1) {
      await lab.rest(60_000);
      const list = await lab.prepare('deis-1', UNITS);
      assert.equal(list.match(/^deis-.*\tactive\trunning$/gm)?.length, 39, list);
    }
    assert.ok((await everywhere(lab, HEALTH)).includes('200'));
    assert.match(await lab.prepare('deis-1', 'etcdctl cluster-health'), /^cluster is healthy$/m);
  });

  it('is more than the memory of a node holds, and no kernel kills', async () => {
    for (const node of NODES) {
      const swapped = Number(/^Swap:\s+\d+\s+(\d+)/m.exec(await lab.prepare(node, 'free -m'))?.[1]);
      assert.ok(swapped > 50, `${swapped} MB of ${node} are swapped out`);
      assert.doesNotMatch(await lab.prepare(node, 'dmesg'), /oom-killer/);
    }
  });
});
