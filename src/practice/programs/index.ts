import type { Program } from './program';
import { allocatePrograms } from './disks/allocate';
import { bash, sh } from './bash';
import { blkidPrograms } from './disks/blkid';
import { fdiskPrograms } from './disks/fdisk';
import { blockPrograms } from './disks/blockDevices';
import { checksumPrograms } from './files/checksums';
import { cloudinitPrograms } from './cloudinit';
import { curlPrograms } from './network/curl';
import { ddPrograms } from './disks/dd';
import { dumpPrograms } from './files/dump';
import { dfPrograms } from './disks/df';
import { identityPrograms } from './users/identity';
import { iptablesPrograms } from './network/iptables/programs';
import { kernelPrograms } from './processes/kernelLog';
import { keyPrograms } from './ssh/keys';
import { killPrograms } from './processes/killing';
import { listPrograms } from './files/list';
import { loopPrograms } from './disks/loopDevices';
import { memoryPrograms } from './processes/memory';
import { netcatPrograms } from './network/netcat';
import { networkPrograms } from './network/network';
import { pagerPrograms } from './files/pager';
import { processorPrograms } from './processes/processor';
import { psPrograms } from './processes/ps';
import { scpPrograms } from './ssh/scp';
import { smallPrograms } from './small';
import { sshPrograms } from './ssh/ssh';
import { sshAgentPrograms } from './ssh/sshAgent';
import { sshKeyscanPrograms } from './ssh/sshKeyscan';
import { sudo } from './users/sudo';
import { tailPrograms } from './files/tail';
import { terminalPrograms } from './terminal';
import { timePrograms } from './time/time';
import { topPrograms } from './processes/top';
import { uptimePrograms } from './processes/uptime';
import { usagePrograms } from './disks/usage';
import { vimPrograms } from './vim/vim';
import { wrapperPrograms } from './wrappers';

/** The commands of a CoreOS node that belong to no daemon. */
export const shellPrograms: readonly Program[] = [
  bash,
  sh,
  sudo,
  ...allocatePrograms,
  ...blkidPrograms,
  ...fdiskPrograms,
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
  ...netcatPrograms,
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
