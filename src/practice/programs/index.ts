import type { Program } from '../kernel';
import { bash, sh } from './bash';
import { curlPrograms } from './curl';
import { diskPrograms } from './disk';
import { identityPrograms } from './identity';
import { iptablesPrograms } from './iptables/programs';
import { kernelPrograms } from './kernelLog';
import { keyPrograms } from './keys';
import { listPrograms } from './list';
import { memoryPrograms } from './memory';
import { networkPrograms } from './network';
import { processPrograms } from './processes';
import { smallPrograms } from './small';
import { sudo } from './sudo';
import { timePrograms } from './time';

/** The commands of a CoreOS node that belong to no daemon. */
export const shellPrograms: readonly Program[] = [
  bash,
  sh,
  sudo,
  ...curlPrograms,
  ...diskPrograms,
  ...identityPrograms,
  ...iptablesPrograms,
  ...kernelPrograms,
  ...keyPrograms,
  ...listPrograms,
  ...memoryPrograms,
  ...networkPrograms,
  ...processPrograms,
  ...smallPrograms,
  ...timePrograms,
];
