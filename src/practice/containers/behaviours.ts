import type { Behaviour } from './context';
import { untilStopped } from './context';

/** What the main process of a container does, by the Deis component of its image. */
export function behaviourOf(_component: string | undefined, command: readonly string[]): Behaviour {
  if (/(?:^|\/)true$/.test(command[0] ?? '')) {
    return () => Promise.resolve(0);
  }
  return ({ signal }) => untilStopped(signal);
}
