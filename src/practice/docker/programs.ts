import type { Program } from '../kernel';

export const dockerPrograms: readonly Program[] = [];
