import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { untilLeft, untilRetried } from './phase';
import { startPlatform } from './platform';
import { replaySame } from './replay';
import { engineLeader, etcdLeader, leadElsewhere } from './roles';
import { VirtualLab } from '../virtual/virtualLab';

const FOLDER = 'power-off';
const SETTLED_MS = 60_000;
/** Quorum had been lost for this long before the others were booted, and fleetd had just tried in vain (recovered-journal-fleet). */
const WITHOUT_QUORUM_MS = 180_000;
const AFTER_RETRY_MS = 32_800;

/** The cluster of traces/power-off, killed node by node and booted again: who dies is by what he was in the recording. */
describe('fleet 1.0 when nodes lose their power, beside the recorded time lines', { timeout: 1_200_000 }, () => {
  let lab: VirtualLab;
  /** The leader of etcd; the leader of fleet’s engine; one more. The fourth asks. */
  let victims: readonly [string, string, string];
  let observer: string;
  before(async () => {
    lab = await VirtualLab.open({ fleet: '1.0' });
    await startPlatform(lab);
    await lab.rest(SETTLED_MS);
    const second = await engineLeader(lab, 'deis-1');
    await leadElsewhere(lab, 'deis-1', second);
    const first = await etcdLeader(lab, 'deis-1');
    const [other, third] = lab.names.filter((node) => node !== first && node !== second);
    assert.ok(other !== undefined && third !== undefined);
    observer = other;
    victims = [first, second, third];
  });
  after(() => lab.close());

  const kill = async (file: string, victim: string): Promise<void> => {
    const { recorded, ours } = await replaySame(lab, `${FOLDER}/${file}.jsonl`, observer, () => lab.cutPower(victim));
    assert.equal(ours, recorded);
  };

  it('loses the leader of etcd', async () => {
    await untilLeft(lab, observer, { node: victims[0], machine: 21.2, units: 15.4 });

    await kill('timeline-kill-1', victims[0]);
  });

  it('loses the leader of fleet’s engine', async () => {
    await leadElsewhere(lab, observer, victims[1]);
    await lab.rest(SETTLED_MS);
    await untilLeft(lab, observer, { node: victims[1], machine: 23.9, units: 24.3 });

    await kill('timeline-kill-2', victims[1]);
  });

  it('loses a third, and with it the quorum', async () => {
    await untilLeft(lab, observer, { node: observer, machine: 25.2 });

    await kill('timeline-kill-3-quorum-lost', victims[2]);
  });

  it('gets all three back', async () => {
    await lab.rest(WITHOUT_QUORUM_MS);
    await untilRetried(lab, observer, AFTER_RETRY_MS);

    const { recorded, ours } = await replaySame(lab, `${FOLDER}/timeline-recovery-boot-all.jsonl`, observer, () => {
      for (const victim of victims) lab.powerOn(victim);
    });

    assert.equal(ours, recorded);
  });
});
