import assert from 'node:assert/strict';
import { asJournal } from './journals';
import { untilLeft, untilRetried } from './phase';
import { startPlatform } from './platform';
import { replay, type Replay } from './replay';
import { engineLeader, etcdLeader, leadElsewhere } from './roles';
import type { Outage, Sequence } from './sequence';

const FOLDER = 'power-off';
const SETTLED_MS = 60_000;
/** Quorum had been lost for this long before the others were booted, and fleetd had just tried in vain (recovered-journal-fleet). */
const WITHOUT_QUORUM_MS = 180_000;
const AFTER_RETRY_MS = 32_800;

const kill = async ({ lab, observer }: Outage, file: string, victim = ''): Promise<Replay> =>
  await replay(lab, `${FOLDER}/${file}.jsonl`, observer, () => lab.cutPower(victim));

/** The cluster of traces/power-off, killed node by node and booted again: who dies is by what he was in the recording. */
export const POWER_OFF: Sequence = {
  folder: FOLDER,
  fleet: '1.0',
  async begin(lab) {
    const [node = ''] = lab.names;
    await startPlatform(lab);
    await lab.rest(SETTLED_MS);
    const second = await engineLeader(lab, node);
    await leadElsewhere(lab, node, second);
    const first = await etcdLeader(lab, node);
    const [observer, third] = lab.names.filter((name) => name !== first && name !== second);
    assert.ok(observer !== undefined && third !== undefined);
    return { lab, observer, victims: [first, second, third] };
  },
  steps: [
    {
      title: 'loses the leader of etcd',
      file: 'timeline-kill-1',
      async replay(outage) {
        const { lab, observer, victims } = outage;
        await untilLeft(lab, observer, { node: victims[0] ?? '', machine: 21.2, units: 15.4 });
        return await kill(outage, this.file, victims[0]);
      },
    },
    {
      title: 'loses the leader of fleet’s engine',
      file: 'timeline-kill-2',
      async replay(outage) {
        const { lab, observer, victims } = outage;
        await leadElsewhere(lab, observer, victims[1] ?? '');
        await lab.rest(SETTLED_MS);
        await untilLeft(lab, observer, { node: victims[1] ?? '', machine: 23.9, units: 24.3 });
        return await kill(outage, this.file, victims[1]);
      },
    },
    {
      title: 'loses a third, and with it the quorum',
      file: 'timeline-kill-3-quorum-lost',
      async replay(outage) {
        const { lab, observer, victims } = outage;
        await untilLeft(lab, observer, { node: observer, machine: 25.2 });
        return await kill(outage, this.file, victims[2]);
      },
    },
    {
      title: 'gets all three back',
      file: 'timeline-recovery-boot-all',
      after: { 'recovered-journal-fleet.txt': asJournal },
      async replay({ lab, observer, victims }) {
        await lab.rest(WITHOUT_QUORUM_MS);
        await untilRetried(lab, observer, AFTER_RETRY_MS);
        return await replay(lab, `${FOLDER}/${this.file}.jsonl`, observer, () => {
          for (const victim of victims) lab.powerOn(victim);
        });
      },
    },
  ],
};
