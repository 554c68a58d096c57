import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startPlatform } from './platform';
import { replay } from './replay';
import { rolesOf, untilLeft, type Roles } from './roles';
import { VirtualLab } from './virtualLab';

/** One is dead; one after the other dies, as in traces/power-off, and the probes are the recorded ones (facts of the README there). */
describe('five nodes with the platform and fleet 1.0, in the recorded order and time', { timeout: 300_000 }, () => {
  let lab: VirtualLab;
  let roles: Roles;
  before(async () => {
    lab = await VirtualLab.open({ fleet: '1.0' });
    await startPlatform(lab);
    roles = await rolesOf(lab);
    lab.cutPower(roles.victims[0]);
    await lab.rest(125_000);
  });
  after(() => lab.close());

  const kill = async (file: string, victim: string): Promise<string | undefined> =>
    await replay(lab, `power-off/${file}.jsonl`, roles.observer, () => lab.cutPower(victim));

  it('a second dies, the leader of fleet’s engine', async () => {
    const { observer, victims } = roles;
    await untilLeft(lab, observer, { node: victims[1], machine: 24, units: 24 });

    assert.equal(await kill('timeline-kill-2', victims[1]), undefined);
  });

  it('a third dies, and quorum is lost', async () => {
    const { observer, victims } = roles;
    await untilLeft(lab, observer, { node: observer, machine: 27 });

    assert.equal(await kill('timeline-kill-3-quorum-lost', victims[2]), undefined);
  });
});
