import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { POWER_OFF } from '../../truth/virtual/powerOff';
import { POWER_OFF_FLEET_011 } from '../../truth/virtual/powerOffFleet011';
import { problemOf } from '../../truth/virtual/replay';
import type { Outage } from '../../truth/virtual/sequence';
import { VirtualLab } from '../virtual/virtualLab';

for (const { fleet, begin, steps } of [POWER_OFF, POWER_OFF_FLEET_011]) {
  describe(`fleet ${fleet} when nodes lose their power, beside the recorded time lines`, { timeout: 1_200_000 }, () => {
    let outage: Outage;
    before(async () => {
      outage = await begin(await VirtualLab.open({ fleet }));
    });
    after(() => outage.lab.close());

    for (const step of steps) {
      it(step.title, async () => {
        assert.equal(problemOf(await step.replay(outage)), undefined);
      });
    }
  });
}
