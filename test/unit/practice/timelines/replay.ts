import { diffEvents } from '../../../truth/timeline/compareEvents';
import { eventsOf } from '../../../truth/timeline/events';
import { record, type Happening } from '../../../truth/timeline/probes';
import { readTimeline } from '../../../truth/timeline/recorded';
import type { VirtualLab } from './virtualLab';

/** Asks as the recorder did while something happens to the cluster; what differs from the recorded time line, undefined: nothing. */
export async function replay(
  lab: VirtualLab,
  file: string,
  observer: string,
  happen: () => void,
  takesMs = 0,
): Promise<string | undefined> {
  const recorded = readTimeline(file);
  const order: Happening['order'] = () => {
    happen();
    return Promise.resolve();
  };
  const asked = {
    now: () => lab.now(),
    rest: (ms: number) => lab.rest(ms),
    run: (command: string) => lab.run(observer, command),
  };
  const ours = await record(asked, Math.max(...recorded.map(({ at }) => at)), { order, takesMs });
  return diffEvents(eventsOf(recorded), eventsOf(ours));
}
