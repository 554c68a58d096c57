import type { ParsedFlags } from '../../fleet/cli/flags';
import type { Route } from '../../fleet/cli/remote';
import type { Registry } from '../../fleet/registry';
import type { ProgramContext } from '../../programs/program';

/** One run of deisctl: what its commands need of the world. */
export interface DeisctlCall {
  readonly context: ProgramContext;
  /** Where its requests to etcd leave from: here, or the far end of the tunnel. */
  readonly far: ProgramContext;
  readonly route: Route;
  readonly args: readonly string[];
  readonly flags: ParsedFlags;
  readonly endpoint: string;
  readonly version: string;
  /** fleet's registry, straight in etcd. */
  readonly registry: Registry;
  /** Resolves when that part of the registry can be read; gives up after the request time-out. @throws DeisctlError */
  reachable(part: 'job' | 'machines' | 'states'): Promise<void>;
  out(text: string): void;
  err(text: string): void;
}

/** Printed as `Error: …` on standard output, exit code 1. */
export class DeisctlError extends Error {
  override readonly name = 'DeisctlError';
}

/** The words of a Go program that falls over a nil pointer, exit code 2. */
export class PanicError extends Error {
  override readonly name = 'PanicError';
}

/** The words after the command fit none of its forms: its usage on standard output, exit code 1. */
export class UsageError extends Error {}
