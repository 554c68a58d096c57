import { parseDf } from '../parse/df';
import type { NodeConnection } from '../ports';
import { runCommand } from './command';

const TIMEOUT_MS = 15_000;
/** Less than a log and a snapshot of etcd take. */
const LEAST_FREE_MB = 64;

/** What is free on the node's only disk, in MB; nothing when df names no file system. Rejects as `runCommand` does. */
export async function freeDiskMb(node: NodeConnection, signal?: AbortSignal): Promise<number | undefined> {
  const limits = { timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
  return parseDf(await runCommand(node, ['df', '-P', '/'], limits))[0]?.freeMb;
}

/** A full disk explains most failures, and what has no room cannot even write so into its journal. Empty when there is room. */
export async function describeFullDisk(node: NodeConnection): Promise<string> {
  try {
    const freeMb = (await freeDiskMb(node)) ?? Infinity;
    return freeMb < LEAST_FREE_MB ? `The disk of ${node.endpoint.name} is full: it has ${freeMb} MB free. ` : '';
  } catch {
    return ''; // It would only have illustrated the failure that is being reported.
  }
}
