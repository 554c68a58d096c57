import { diffEvents } from '../timeline/compareEvents';
import { eventsOf, type Event } from '../timeline/events';
import { record } from '../timeline/probes';
import { readTimeline } from '../timeline/recorded';
import { placementOf } from './placement';
import type { VirtualLab } from '../../integration/virtual/virtualLab';

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

/** What is wrong with a replayed time line, with the whole of it; undefined: nothing. */
export function problemOf({ difference, placements, events }: Replay): string | undefined {
  const { recorded, ours } = placements;
  const problem = difference ?? (ours === recorded ? undefined : `units: ${ours}; not ${recorded}`);
  return problem && `${problem}\n${tell(events)}`;
}

export const tell = (events: readonly Event[]): string =>
  events.map(({ at, probe, condition }) => `${at.toFixed(1)}\t${probe}\t${condition}`).join('\n');
