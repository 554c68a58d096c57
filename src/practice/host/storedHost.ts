import type { StoredDocker } from '../docker/engine';
import type { UnitCommand } from './boot/applyCloudConfig';
import type { StoredFile } from './files/storedFiles';
import type { JournalFiles, StoredEntry } from './journal';
import type { StoredSwap } from './resources/resources';
import type { StoredUnit } from './systemd/unit';

/** A node's section of the state file: what is on its disk, and what ran when the practice process ended. */
export interface StoredHost {
  machineId: string;
  bootId: string;
  bootedAt: number;
  power: 'off' | 'booting' | 'up';
  /** Unit commands of the user data that this boot has not come to yet. */
  pendingCommands: UnitCommand[];
  lastPid: number;
  readonly files: Record<string, StoredFile>;
  readonly units: Record<string, StoredUnit>;
  readonly journal: StoredEntry[];
  /** Absent in a state that was written before journals took disk space. */
  journalFiles?: JournalFiles;
  readonly swaps: StoredSwap[];
  readonly docker: StoredDocker;
}

export const newStoredHost = (machineId: string): StoredHost => ({
  machineId,
  bootId: '',
  bootedAt: 0,
  power: 'off',
  pendingCommands: [],
  lastPid: 0,
  files: {},
  units: {},
  journal: [],
  swaps: [],
  docker: { images: {}, containers: {} },
});
