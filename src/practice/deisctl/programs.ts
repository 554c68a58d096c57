import { interruptible } from '../fleet/cli/interruptible';
import type { Program } from '../kernel';
import { deisctl } from './cli/program';

export const deisctlPrograms: readonly Program[] = [interruptible(deisctl)];
