import type { Program } from '../../programs/program';
import { flock } from './flock';
import { journalctl } from './journalctl/journalctl';
import { mount, umount } from './mount';
import { powerPrograms } from './power';
import { systemctl } from './systemctl/systemctl';
import { systemdRun } from './systemdRun';

/** Programs of the node that are about its own inside. */
export const hostPrograms: readonly Program[] = [
  systemctl,
  journalctl,
  systemdRun,
  flock,
  mount,
  umount,
  ...powerPrograms,
];
