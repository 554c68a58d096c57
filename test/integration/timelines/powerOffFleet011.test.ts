import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { untilLeft } from './phase';
import { placesOf } from './placement';
import { startPlatform, untilRunning } from './platform';
import { replaySame } from './replay';
import { engineLeader, etcdLeader } from './roles';
import { VirtualLab } from '../virtual/virtualLab';

const FOLDER = 'fleet-0.11.7';
const SETTLED_MS = 60_000;
/** Six global units on three nodes, nine that run once. */
const ROWS_OF_THREE = 27;
/** The three were started 112 s after quorum was lost (no-quorum-journal-fleet, recovered-journal-fleet), the recorder 6 s before. */
const WITHOUT_QUORUM_MS = 106_000;

/** The cluster of traces/fleet-0.11.7: one dies, two more die, all come back. */
describe('fleet 0.11 when nodes lose their power, beside the recorded time lines', { timeout: 1_200_000 }, () => {
  let lab: VirtualLab;
  let observer: string;
  let victims: string[];
  let lostAt = 0;
  before(async () => {
    lab = await VirtualLab.open({ fleet: '0.11' });
    await startPlatform(lab);
    await lab.rest(SETTLED_MS);
    observer = await engineLeader(lab, 'deis-1');
    const etcd = await etcdLeader(lab, 'deis-1');
    victims = lab.names.filter((node) => node !== observer && node !== etcd).slice(0, 1);
  });
  after(() => lab.close());

  it('loses a node that leads nothing', async () => {
    const [victim = ''] = victims;
    await untilLeft(lab, observer, { node: victim, machine: 16.4 });

    const cut = (): void => lab.cutPower(victim);
    const { recorded, ours } = await replaySame(lab, `${FOLDER}/timeline-kill-1.jsonl`, observer, cut);

    assert.equal(ours, recorded);
  });

  it('loses two more, and with them the quorum, asked where a unit had moved to', async () => {
    const alive = lab.names.filter((node) => !victims.includes(node));
    const [second = ''] = alive.filter((node) => node !== observer).slice(-1);
    const places = await placesOf(lab, observer);
    lab.cutPower(second);
    victims.push(second);
    await lab.until(observer, 'fleetctl list-machines --no-legend | wc -l', (text) => text === '3\n');
    await untilRunning(lab, observer, ROWS_OF_THREE);
    const now = await placesOf(lab, observer);
    const heir = [...now].find(([unit, machine]) => machine !== places.get(unit))?.[1] ?? '';
    observer = lab.names.find((node) => lab.machine(node).startsWith(heir)) ?? '';
    const third = lab.names.filter((node) => !victims.includes(node) && node !== observer).at(-1) ?? '';
    await untilLeft(lab, observer, { node: observer, machine: 27 });

    await replaySame(lab, `${FOLDER}/timeline-quorum-lost.jsonl`, observer, () => {
      lostAt = lab.now();
      lab.cutPower(third);
    });
    victims.push(third);
  });

  it('gets all three back', async () => {
    assert.ok(lab.now() <= lostAt + WITHOUT_QUORUM_MS, `${(lab.now() - lostAt) / 1_000} s without quorum`);
    await lab.rest(lostAt + WITHOUT_QUORUM_MS - lab.now());

    const { recorded, ours } = await replaySame(lab, `${FOLDER}/timeline-recovery.jsonl`, observer, () => {
      for (const victim of victims) lab.powerOn(victim);
    });

    assert.equal(ours, recorded);
  });
});
