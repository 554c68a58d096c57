import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Faults } from '../../../../src/practice/faults/faults';
import { createFakeKernel, disposeKernels, type FakeKernel } from '../support/fakeKernel';

const faultsOf = ({ state, random, timeline }: FakeKernel): Faults => new Faults(state, random, timeline);

describe('faults of nodes over time', () => {
  afterEach(disposeKernels);

  it('let a clock gain by the millionths of what passes, on top of what it was put wrong by', async () => {
    const kernel = createFakeKernel();
    const faults = faultsOf(kernel);
    const began = kernel.timeline.now();
    faults.add({ kind: 'clock-drifts', dropletId: 1, seconds: -10, ppm: 200 });
    faults.add({ kind: 'clock-drifts', dropletId: 2, seconds: 0, ppm: -100_000 });
    const added = kernel.timeline.now();
    /** A little of our own time passes between two looks. */
    const isOff = (of: Faults, dropletId: number, wanted: (passedMs: number) => number): void => {
      const before = kernel.timeline.now();
      const offset = of.clockOffsetMs(dropletId);
      const bounds = [wanted(before - added), wanted(kernel.timeline.now() - began)].sort((a, b) => a - b);
      assert.ok(
        offset >= Math.floor(bounds[0] ?? NaN) && offset <= Math.ceil(bounds[1] ?? NaN),
        `${offset}, not ${bounds.join(' to ')}`,
      );
    };
    assert.equal(faults.clockOffsetMs(1), -10_000);

    await kernel.timeline.sleep(86_400_000);
    isOff(faults, 1, (passed) => -10_000 + passed * 0.0002);
    isOff(faults, 2, (passed) => -passed * 0.1);
    assert.ok(faults.clockOffsetMs(1) >= -10_000 + 17_280);
    assert.equal(faults.clockOffsetMs(3), 0);

    const written = createFakeKernel({ left: { sections: kernel.state.written, now: kernel.timeline.now() } });
    assert.ok(faultsOf(written).clockOffsetMs(1) >= 7_280);
    faults.clear();
    assert.equal(faults.clockOffsetMs(1), 0);
  });

  it('end each at its own time, and undo what they did', async () => {
    const kernel = createFakeKernel();
    const faults = faultsOf(kernel);
    const seen: string[] = [];
    faults.effects = {
      begin: ({ fault }) => seen.push(`${fault.kind} begins`),
      end: ({ fault }) => seen.push(`${fault.kind} ends`),
    };
    faults.add({ kind: 'node-loses-power', dropletId: 1, forMs: 120_000 });
    faults.add({ kind: 'disk-fills', dropletId: 1, forMs: 60_000 });
    const lasting = faults.add({ kind: 'ssh-refuses', dropletId: 1 });

    await kernel.timeline.sleep(60_001);
    assert.deepEqual(seen.slice(3), ['disk-fills ends']);
    await kernel.timeline.sleep(60_000);
    assert.deepEqual(seen.slice(4), ['node-loses-power ends']);
    await kernel.timeline.sleep(3_600_000);
    assert.deepEqual(
      faults.active.map(({ id }) => id),
      [lasting.id],
    );
  });
});
