import type { Daemon, Host, Kernel, PoweredHost, RunOptions } from '../kernel';
import type { Program } from '../programs/program';
import type { DockerEngine } from '../docker/engine';
import type { ProcessTable } from './exec/processTable';
import type { HostFileSystem } from './files/fileSystem';
import type { FileTree } from './files/tree';
import type { HostJournal } from './journal';
import type { HostResources } from './resources/resources';
import type { UnitManager } from './systemd/manager';

/** The inside of a host that its own programs and containers work on, beyond what other parts see of it. */
export interface HostInside {
  readonly host: PoweredHost;
  readonly kernel: Kernel;
  readonly tree: FileTree;
  /** `host.files`, of which long files can be read and written piece by piece. */
  readonly files: HostFileSystem;
  readonly manager: UnitManager;
  readonly journal: HostJournal;
  readonly resources: HostResources;
  readonly processTable: ProcessTable;
  readonly docker: DockerEngine;
  readonly programs: ReadonlyMap<string, Program>;
  /** Native services that run now. */
  readonly daemons: Set<Daemon>;
  /** Where the programs of a path really lie: /bin, /sbin and /usr/sbin are /usr/bin. */
  realPath(path: string): string;
  /** Runs a script in the node's shell, its output as it comes. */
  runShell(script: string, options: RunOptions, output: Output): Promise<number>;
  hostname(): string;
  /** The node's section of the state file has changed. */
  save(): void;
  /** Resolves when every file that was changed so far is safe from a kill of the process: await it before an answer. */
  filesSaved(): Promise<void>;
  /** The inside of a container, with such a shell. */
  readonly box?: 'busybox' | 'debian';
  /** When this boot began. */
  readonly bootedAt: number;
}

export interface Output {
  stdout(text: string): void;
  stderr(text: string): void;
}

const insides = new WeakMap<Host, HostInside>();

export function registerInside(inside: HostInside): void {
  insides.set(inside.host, inside);
}

/** @throws Error for a host that `createHost` did not make. */
export function insideOf(host: Host): HostInside {
  const inside = insides.get(host);
  if (inside === undefined) {
    throw new Error(`${host.name} was not made by createHost.`);
  }
  return inside;
}
