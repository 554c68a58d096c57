import assert from 'node:assert/strict';
import { asJournal011 } from './journals';
import { untilLeft } from './phase';
import { placesOf } from './placement';
import { startPlatform, untilRunning } from './platform';
import { replay } from './replay';
import { engineLeader, etcdLeader } from './roles';
import type { Outage, Sequence } from './sequence';

const FOLDER = 'fleet-0.11.7';
const SETTLED_MS = 60_000;
/** Six global units on three nodes, nine that run once. */
const ROWS_OF_THREE = 27;
/** The three were started 112 s after quorum was lost (no-quorum-journal-fleet, recovered-journal-fleet), the recorder 6 s before. */
const WITHOUT_QUORUM_MS = 106_000;

/** A second node dies, and its units move: who asks from then on is one that has got some. */
async function loseSecond(outage: Outage): Promise<void> {
  const { lab, observer, victims } = outage;
  const [second = ''] = lab.names.filter((node) => !victims.includes(node) && node !== observer).slice(-1);
  const places = await placesOf(lab, observer);
  lab.cutPower(second);
  victims.push(second);
  await lab.until(observer, 'fleetctl list-machines --no-legend | wc -l', (text) => text === '3\n');
  await untilRunning(lab, observer, ROWS_OF_THREE);
  const now = await placesOf(lab, observer);
  const heir = [...now].find(([unit, machine]) => machine !== places.get(unit))?.[1] ?? '';
  outage.observer = lab.names.find((node) => lab.machine(node).startsWith(heir)) ?? '';
}

/** The cluster of traces/fleet-0.11.7: one dies, two more die, all come back. */
export const POWER_OFF_FLEET_011: Sequence = {
  folder: FOLDER,
  fleet: '0.11',
  async begin(lab) {
    const [node = ''] = lab.names;
    await startPlatform(lab);
    await lab.rest(SETTLED_MS);
    const observer = await engineLeader(lab, node);
    const etcd = await etcdLeader(lab, node);
    return { lab, observer, victims: lab.names.filter((name) => name !== observer && name !== etcd).slice(0, 1) };
  },
  steps: [
    {
      title: 'loses a node that leads nothing',
      file: 'timeline-kill-1',
      async replay({ lab, observer, victims: [victim = ''] }) {
        await untilLeft(lab, observer, { node: victim, machine: 16.4 });
        return await replay(lab, `${FOLDER}/${this.file}.jsonl`, observer, () => lab.cutPower(victim));
      },
    },
    {
      title: 'loses two more, and with them the quorum, asked where a unit had moved to',
      file: 'timeline-quorum-lost',
      after: { 'no-quorum-journal-fleet.txt': asJournal011 },
      async replay(outage) {
        await loseSecond(outage);
        const { lab, observer, victims } = outage;
        const third = lab.names.filter((node) => !victims.includes(node) && node !== observer).at(-1) ?? '';
        await untilLeft(lab, observer, { node: observer, machine: 27 });
        victims.push(third);
        return await replay(lab, `${FOLDER}/${this.file}.jsonl`, observer, () => {
          outage.lostAt = lab.now();
          lab.cutPower(third);
        });
      },
    },
    {
      title: 'gets all three back',
      file: 'timeline-recovery',
      after: { 'recovered-journal-fleet.txt': asJournal011 },
      async replay({ lab, observer, victims, lostAt = NaN }) {
        assert.ok(lab.now() <= lostAt + WITHOUT_QUORUM_MS, `${(lab.now() - lostAt) / 1_000} s without quorum`);
        await lab.rest(lostAt + WITHOUT_QUORUM_MS - lab.now());
        return await replay(lab, `${FOLDER}/${this.file}.jsonl`, observer, () => {
          for (const victim of victims) lab.powerOn(victim);
        });
      },
    },
  ],
};
