import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { VirtualLab } from '../../virtual/virtualLab';
import { beginPlatform, everywhere, giveSwap, NODES, openFive, said, until, untilRunning } from './fiveNodes';

/** Die one after the other, as in the recording: with the third the quorum goes. The other two run on. */
const VICTIMS = ['deis-5', 'deis-1', 'deis-3'];
const SURVIVORS = ['deis-2', 'deis-4'];
/** Longer than fleet takes to move the units of a dead machine. */
const BETWEEN_MS = 45_000;
/** Longer than the fleetd of a survivor takes to give up, to panic, and to ask for etcd once a minute only. */
const OUTAGE_MS = 140_000;
const GIVEN_UP = /retrying in 60000000000 sec/;

/** As it was recorded: three of five lose their power, no quorum for minutes, all three boot at once. */
async function loseAndRecover(lab: VirtualLab): Promise<void> {
  for (const victim of VICTIMS) {
    lab.cutPower(victim);
    await lab.rest(BETWEEN_MS);
  }
  assert.equal(await lab.prepare('deis-2', 'curl -s http://127.0.0.1:2379/health'), '{"health":"false"}\n');
  await lab.rest(OUTAGE_MS);
  for (const node of SURVIVORS)
    assert.match(await lab.prepare(node, 'journalctl -u fleet --no-pager -o cat'), GIVEN_UP);
  await untilRetried(lab, 'deis-2');
  for (const victim of VICTIMS) lab.powerOn(victim);
}

/** fleetd without etcd asks again once a minute: who has just asked in vain is not back first. */
async function untilRetried(lab: VirtualLab, node: string): Promise<void> {
  const count = `journalctl -u fleet --no-pager -o cat | grep -c 'retrying in 60000000000 sec'`;
  const before = Number(await lab.prepare(node, count));
  await until(lab, node, `sleep 1; ${count}`, new RegExp(`^(?!${before}$)\\d+$`, 'm'));
}

interface Pile {
  readonly node: string;
  readonly machine: string;
}

const isSingle = (unit: string): boolean => !/^(?:swapon|deis-(?:logspout|publisher|store-(?!gateway)))/.test(unit);
const anyRouter = (unit: string): string => unit.replace(/router@\d/, 'router@N');

/** Of the three that came back, the one on which fleetd has started seven single units since it booted. */
async function pileOf(lab: VirtualLab): Promise<Pile> {
  for (let second = 0; second < 120; second += 1) {
    for (const node of VICTIMS) {
      const log = await said(lab, node, 'journalctl -u fleet --no-pager -o cat -b');
      const started = [...log.matchAll(/Triggered systemd unit (\S+) start: /g)].map(([, unit = '']) => unit);
      const units = [...new Set(started.filter(isSingle))].slice(0, SEVEN.length).map(anyRouter).sort();
      if (JSON.stringify(units) === JSON.stringify(SEVEN)) {
        return { node, machine: lab.machine(node) };
      }
    }
    await lab.rest(1_000);
  }
  throw new Error('No node that came back was given seven units.');
}

const SEVEN = [
  'deis-builder.service',
  'deis-controller.service',
  'deis-database.service',
  'deis-logger.service',
  'deis-registry@1.service',
  'deis-router@N.service',
  'deis-store-gateway@1.service',
];

async function openAndLose(isSwapped: boolean): Promise<VirtualLab> {
  const lab = await openFive('1gb');
  if (isSwapped) await giveSwap(lab);
  await beginPlatform(lab);
  await untilRunning(lab);
  for (const log of await everywhere(lab, 'dmesg')) assert.doesNotMatch(log, /oom-killer/);
  await loseAndRecover(lab);
  return lab;
}

const LIST = 'fleetctl list-units --full --no-legend --fields=unit,machine,active,sub';
const isOf = (row: string, machine: string): boolean => row.split(/\t+/)[1]?.startsWith(machine) === true;

/** What runs once in the cluster and is on this machine. */
async function singlesOn(lab: VirtualLab, machine: string): Promise<string[]> {
  const rows = (await lab.prepare('deis-2', LIST)).split('\n').filter(isSingle);
  return rows.filter((row) => isOf(row, machine)).map((row) => row.replace(/\t.*/, ''));
}

describe('seven units on one node of 1 GB without swap, as its fleetd was back first', { timeout: 400_000 }, () => {
  let lab: VirtualLab;
  let pile: Pile;
  before(async () => {
    lab = await openAndLose(false);
  });
  after(async () => {
    await lab.close();
  });

  it('run it, and no other, out of memory', async () => {
    pile = await pileOf(lab);
    await lab.rest(60_000);
    for (const node of NODES) {
      const log = await lab.prepare(node, 'dmesg');
      const kills =
        log.match(/^\[[ \d.]+\] Out of memory: Kill process \d+ \([\w-]+\) score \d+ or sacrifice child$/gm) ?? [];
      assert.ok(node === pile.node ? kills.length >= 3 : kills.length === 0, `${kills.length} kills on ${node}`);
    }
  });

  it('go down and come up there again and again', async () => {
    const log = await lab.prepare(pile.node, "journalctl --no-pager -o cat -b -u 'deis-*'");
    assert.match(log, /^deis-[\w@-]+\.service: Main process exited, code=exited, status=137\/n\/a$/m);
    assert.match(log, /^deis-[\w@-]+\.service: Scheduled restart job, restart counter is at [3-9]\.$/m);
  });
});

describe(
  'seven units on one node of 1 GB with 4 GiB of swap, as its fleetd was back first',
  { timeout: 400_000 },
  () => {
    let lab: VirtualLab;
    before(async () => {
      lab = await openAndLose(true);
      await untilRunning(lab);
    });
    after(async () => {
      await lab.close();
    });

    it('stay there and run, and nothing moves back', async () => {
      const pile = await pileOf(lab);
      const before = await singlesOn(lab, pile.machine);
      await lab.rest(OUTAGE_MS);

      assert.deepEqual(before.map(anyRouter).sort(), SEVEN);
      assert.deepEqual(await singlesOn(lab, pile.machine), before);
      await untilRunning(lab);
      for (const log of await everywhere(lab, 'dmesg; journalctl -u fleet -b --no-pager -o cat')) {
        assert.doesNotMatch(log, /oom-killer/);
      }
      const swapped = Number(/^Swap:\s+\d+\s+(\d+)/m.exec(await lab.prepare(pile.node, 'free -m'))?.[1]);
      assert.ok(swapped > 100, `${swapped} MB are swapped out`);
    });
  },
);
