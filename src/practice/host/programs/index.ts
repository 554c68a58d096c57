import type { Program } from '../../kernel';
import { journalctl } from './journalctl/journalctl';
import { powerPrograms } from './power';
import { systemctl } from './systemctl/systemctl';
import { systemdRun } from './systemdRun';

/** Programs of the node that are about its own inside. */
export const hostPrograms: readonly Program[] = [systemctl, journalctl, systemdRun, ...powerPrograms];
