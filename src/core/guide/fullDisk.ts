import { parseDf } from '../parse/df';
import type { NodeConnection } from '../ports';

/** Less than a log and a snapshot of etcd take. */
const LEAST_FREE_MB = 64;

/** A full disk explains most failures, and what has no room cannot even write so into its journal. Empty when there is room. */
export async function describeFullDisk(node: NodeConnection): Promise<string> {
  try {
    const { stdout } = await node.exec(['df', '-P', '/'], { timeoutMs: 10_000 });
    const freeMb = parseDf(stdout)[0]?.freeMb ?? Infinity;
    return freeMb < LEAST_FREE_MB ? `The disk of ${node.endpoint.name} is full: it has ${freeMb} MB free. ` : '';
  } catch {
    return ''; // It would only have illustrated the failure that is being reported.
  }
}
