import { interruptible } from '../fleet/cli/interruptible';
import type { Program } from '../kernel';
import { etcdctl } from './etcdctl/program';

export const etcdPrograms: readonly Program[] = [interruptible(etcdctl)];
