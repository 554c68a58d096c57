import { isAfter } from './jobs';
import type { Unit } from './unit';

/** Everything down in the reverse order of its start, as at a shutdown: a unit goes when those that came after it are gone. */
export async function stopInOrder(running: readonly Unit[], stop: (unit: Unit) => Promise<unknown>): Promise<void> {
  const down = new Map<Unit, Promise<void>>();
  const bringDown = (unit: Unit): Promise<void> => {
    const known = down.get(unit);
    if (known !== undefined) {
      return known;
    }
    let resolve: () => void = () => undefined;
    const gone = new Promise<void>((done) => (resolve = done));
    // Noted before it is begun: a circle of orderings then waits for nobody.
    down.set(unit, gone);
    const later = running.filter((other) => other !== unit && !down.has(other) && isAfter(other, unit));
    void Promise.all(later.map(bringDown))
      .then(() => stop(unit))
      .then(resolve, resolve);
    return gone;
  };
  await Promise.all(running.map(bringDown));
}
