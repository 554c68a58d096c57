import type { Program } from '../kernel';
import { bash, sh } from './bash';
import { sudo } from './sudo';

/** The commands of a CoreOS node that belong to no daemon. */
export const shellPrograms: readonly Program[] = [bash, sh, sudo];
