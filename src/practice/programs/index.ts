import type { Program } from '../kernel';
import { allocatePrograms } from './allocate';
import { bash, sh } from './bash';
import { blockPrograms } from './blockDevices';
import { checksumPrograms } from './checksums';
import { cloudinitPrograms } from './cloudinit';
import { curlPrograms } from './curl';
import { ddPrograms } from './dd';
import { dumpPrograms } from './dump';
import { dfPrograms } from './df';
import { identityPrograms } from './identity';
import { iptablesPrograms } from './iptables/programs';
import { kernelPrograms } from './kernelLog';
import { keyPrograms } from './keys';
import { killPrograms } from './killing';
import { listPrograms } from './list';
import { loopPrograms } from './loopDevices';
import { memoryPrograms } from './memory';
import { networkPrograms } from './network';
import { pagerPrograms } from './pager';
import { processorPrograms } from './processor';
import { psPrograms } from './ps';
import { scpPrograms } from './scp';
import { smallPrograms } from './small';
import { sshPrograms } from './ssh';
import { sshAgentPrograms } from './sshAgent';
import { sshKeyscanPrograms } from './sshKeyscan';
import { sudo } from './sudo';
import { tailPrograms } from './tail';
import { terminalPrograms } from './terminal';
import { timePrograms } from './time';
import { topPrograms } from './top';
import { uptimePrograms } from './uptime';
import { usagePrograms } from './usage';
import { vimPrograms } from './vim/vim';
import { wrapperPrograms } from './wrappers';

/** The commands of a CoreOS node that belong to no daemon. */
export const shellPrograms: readonly Program[] = [
  bash,
  sh,
  sudo,
  ...allocatePrograms,
  ...blockPrograms,
  ...checksumPrograms,
  ...cloudinitPrograms,
  ...curlPrograms,
  ...ddPrograms,
  ...dumpPrograms,
  ...dfPrograms,
  ...identityPrograms,
  ...iptablesPrograms,
  ...kernelPrograms,
  ...keyPrograms,
  ...killPrograms,
  ...listPrograms,
  ...loopPrograms,
  ...memoryPrograms,
  ...networkPrograms,
  ...pagerPrograms,
  ...processorPrograms,
  ...psPrograms,
  ...scpPrograms,
  ...smallPrograms,
  ...sshPrograms,
  ...sshAgentPrograms,
  ...sshKeyscanPrograms,
  ...tailPrograms,
  ...terminalPrograms,
  ...timePrograms,
  ...topPrograms,
  ...uptimePrograms,
  ...usagePrograms,
  ...vimPrograms,
  ...wrapperPrograms,
];
