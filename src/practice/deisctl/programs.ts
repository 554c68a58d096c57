import { interruptible } from '../fleet/cli/interruptible';
import type { Program } from '../programs/program';
import { deisctl } from './cli/program';

export const deisctlPrograms: readonly Program[] = [interruptible(deisctl)];
