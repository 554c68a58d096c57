import type { ProgramContext } from '../../programs/program';
import type { EtcdClient } from '../api';
import type { Credentials } from '../auth/access';
import type { Member } from '../member';
import type { CommandLine } from './commandLine';

/** One run of a command of etcdctl: what it needs of the world. */
export interface EtcdctlCall {
  readonly context: ProgramContext;
  readonly line: CommandLine;
  readonly args: readonly string[];
  readonly format: string;
  readonly client: EtcdClient;
  readonly credentials: Credentials;
  /** Whom the client asks; undefined where a proxy hears nobody. */
  readonly member: Member | undefined;
  out(line: string): void;
  err(line: string): void;
}

/** A command line that the command can't do anything with: `Error:  key required`, exit code 1. */
export class BadArguments extends Error {}
