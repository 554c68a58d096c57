import type { Program } from '../../kernel';

/** Programs of the node that are about its own inside. */
export const hostPrograms: readonly Program[] = [];
