import type { Program } from '../programs/program';
import { fleetctl, fleetd } from './cli/fleetctl';
import { interruptible } from './cli/interruptible';

export const fleetPrograms: readonly Program[] = [fleetctl, fleetd].map(interruptible);
