import assert from 'node:assert/strict';
import { diffEvents } from '../../truth/timeline/compareEvents';
import { eventsOf, type Event } from '../../truth/timeline/events';
import { record } from '../../truth/timeline/probes';
import { readTimeline } from '../../truth/timeline/recorded';
import { placementOf } from './placement';
import type { VirtualLab } from '../virtual/virtualLab';

export interface Replay {
  /** What differs from the recorded time line; undefined: nothing. */
  readonly difference: string | undefined;
  /** Where the units are, in the recording and here. */
  readonly placements: { readonly recorded: string; readonly ours: string };
  readonly events: readonly Event[];
}

/** Asks as the recorder did while something happens to the cluster. */
export async function replay(lab: VirtualLab, file: string, observer: string, happen: () => void): Promise<Replay> {
  const recorded = readTimeline(file);
  const order = (): Promise<void> => {
    happen();
    return Promise.resolve();
  };
  const asked = {
    now: () => lab.now(),
    rest: (ms: number) => lab.rest(ms),
    run: (command: string) => lab.run(observer, command),
  };
  const ours = await record(asked, Math.max(...recorded.map(({ at }) => at)), { order, takesMs: 0 });
  const events = eventsOf(ours);
  return {
    difference: diffEvents(eventsOf(recorded), events),
    placements: { recorded: placementOf(recorded), ours: placementOf(ours) },
    events,
  };
}

/** @throws AssertionError with our own time line, when it is another than the recorded one */
export async function replaySame(...args: Parameters<typeof replay>): Promise<Replay['placements']> {
  const { difference, placements, events } = await replay(...args);
  const told = events.map(({ at, probe, condition }) => `${at.toFixed(1)}\t${probe}\t${condition}`).join('\n');
  assert.equal(difference, undefined, `${String(difference)}\n${told}`);
  return placements;
}
