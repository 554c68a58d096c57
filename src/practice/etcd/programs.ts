import { interruptible } from '../fleet/cli/interruptible';
import type { Program } from '../programs/program';
import { etcdctl } from './etcdctl/program';
import { etcd2 } from './foreground';
import type { EtcdWorld } from './world';

export const etcdPrograms: readonly Program[] = [interruptible(etcdctl)];

/** The server as a program that one may start by hand. */
export const etcdServerProgram = (world: EtcdWorld): Program => interruptible(etcd2(world));
