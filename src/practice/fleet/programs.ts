import type { Program } from '../kernel';
import { fleetctl, fleetd } from './cli/fleetctl';

export const fleetPrograms: readonly Program[] = [fleetctl, fleetd];
