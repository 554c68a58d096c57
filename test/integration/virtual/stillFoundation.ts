import { OwnPorts, type Foundation } from '../../../src/practice/foundation';
import { createLedger } from '../../../src/practice/ledger';
import type { Profile } from '../../../src/practice/kernel';
import { profiles } from '../../../src/practice/profile';
import { createRandom } from '../../../src/practice/random';
import { JsonStateFile } from '../../../src/practice/stateFile';
import { VirtualTimeline } from '../../../src/practice/timeline';

/** Any moment: the same in each run. */
const START = Date.UTC(2016, 6, 1);

/** The recorded nodes are containers: etcd had elected a leader 2.8 s after they were started (power-off/timeline-recovery-boot-all). */
const CONTAINER_BOOT_MS = 2_000;

/** Nothing is written: a disk takes its own time. */
class ForgetfulState extends JsonStateFile {
  override changed(): void {
    // Nobody reads it again.
  }

  override saved(): Promise<void> {
    return Promise.resolve();
  }
}

/** What a practice cloud stands on, its clock without our own: time passes only by jumps to what is waited for, so that runs are alike. */
export function layStillFoundation(folder: string, seed: string, profile: Profile['name']): Foundation {
  const state = new ForgetfulState(folder);
  const timeline = new VirtualTimeline(Infinity, START, () => 0);
  return {
    ...{ state, timeline, random: createRandom(state, seed), ledger: createLedger(timeline) },
    ...{ profile: { ...profiles[profile], bootMs: CONTAINER_BOOT_MS }, ports: new OwnPorts(state) },
    touch: () => timeline.touch(),
    dispose() {
      timeline.dispose();
      return Promise.resolve();
    },
  };
}
