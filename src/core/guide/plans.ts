import { ClusterError } from '../errors';
import type { ClusterSpec } from '../model/cluster';
import type { PlatformVerb } from '../operator';
import type { Step } from '../plan/step';
import { activeStep } from './activeStep';
import { configureStep } from './configureStep';
import { deisctlStep } from './deisctlStep';
import { discoveryStep } from './discoveryStep';
import { dropletsStep } from './dropletsStep';
import { etcdStep } from './etcdStep';
import { firewallStep, openPortsStep } from './firewallStep';
import { fleetStep } from './fleetStep';
import { hostKeyStep } from './hostKeyStep';
import { installStep } from './installStep';
import { beginningWith, lookFromOutside } from './outsideStep';
import { preseedStep } from './preseedStep';
import { sshKeyStep } from './sshKeyStep';
import { startStep } from './startStep';
import { stopStep } from './stopStep';
import { swapProofStep, swapStep } from './swapStep';
import { hasSwapUnit } from './swapUnit';
import { tagStep } from './tagStep';
import { uninstallStep } from './uninstallStep';

/** The guide, in an order in which nothing is ever open or billed longer than it must be. */
export function createPlan(spec: ClusterSpec): Step[] {
  const look = lookFromOutside();
  return [
    sshKeyStep,
    tagStep,
    firewallStep,
    ...(spec.bootstrap === 'discovery' ? [discoveryStep] : []),
    dropletsStep,
    activeStep,
    hostKeyStep,
    etcdStep,
    beginningWith(fleetStep, look.begin),
    ...(hasSwapUnit(spec) ? [swapStep] : []),
    // Images are pulled beside the next steps. Nothing of the platform is installed before swap is proved on every node.
    ...(spec.installPlatform ? [preseedStep, deisctlStep, configureStep] : []),
    ...(hasSwapUnit(spec) ? [swapProofStep] : []),
    ...(spec.installPlatform ? [installStep, startStep] : []),
    // Without a platform nothing answers there.
    ...(spec.openPorts && spec.installPlatform ? [openPortsStep] : []),
    look.step,
  ];
}

/** The guide's swap alone. */
export function swapPlan(spec: ClusterSpec): Step[] {
  if (!hasSwapUnit(spec)) {
    throw new ClusterError(
      'This cluster was created without swap, and its nodes have no unit for it. Create a cluster with swap, or larger droplets.',
      { code: 'invalidInput', remedy: 'openSettings' },
    );
  }
  return [fleetStep, swapStep, swapProofStep];
}

/** The platform's verbs singly. Each needs what comes before it in the guide, and finds it done as a rule. */
export function platformPlan(verb: PlatformVerb): Step[] {
  switch (verb) {
    case 'configure':
      return [deisctlStep, configureStep];
    case 'install':
      return [preseedStep, deisctlStep, configureStep, installStep];
    case 'start':
      return [preseedStep, deisctlStep, configureStep, installStep, startStep];
    case 'stop':
      return [stopStep];
    case 'uninstall':
      return [uninstallStep];
  }
}
