import type { Program } from '../kernel';
import { bash, sh } from './bash';
import { curlPrograms } from './curl';
import { allocatePrograms } from './allocate';
import { dfPrograms } from './df';
import { identityPrograms } from './identity';
import { iptablesPrograms } from './iptables/programs';
import { kernelPrograms } from './kernelLog';
import { keyPrograms } from './keys';
import { listPrograms } from './list';
import { memoryPrograms } from './memory';
import { mountPrograms } from './mounts';
import { networkPrograms } from './network';
import { killPrograms } from './killing';
import { psPrograms } from './ps';
import { topPrograms } from './top';
import { uptimePrograms } from './uptime';
import { cloudinitPrograms } from './cloudinit';
import { pagerPrograms } from './pager';
import { scpPrograms } from './scp';
import { smallPrograms } from './small';
import { terminalPrograms } from './terminal';
import { sshPrograms } from './ssh';
import { sudo } from './sudo';
import { tailPrograms } from './tail';
import { timePrograms } from './time';
import { usagePrograms } from './usage';

/** The commands of a CoreOS node that belong to no daemon. */
export const shellPrograms: readonly Program[] = [
  bash,
  sh,
  sudo,
  ...curlPrograms,
  ...allocatePrograms,
  ...dfPrograms,
  ...identityPrograms,
  ...iptablesPrograms,
  ...kernelPrograms,
  ...keyPrograms,
  ...listPrograms,
  ...memoryPrograms,
  ...mountPrograms,
  ...networkPrograms,
  ...killPrograms,
  ...psPrograms,
  ...topPrograms,
  ...uptimePrograms,
  ...cloudinitPrograms,
  ...pagerPrograms,
  ...scpPrograms,
  ...smallPrograms,
  ...sshPrograms,
  ...terminalPrograms,
  ...tailPrograms,
  ...timePrograms,
  ...usagePrograms,
];
