import { ClusterError } from '../errors';
import type { ExecOptions, ExecResult, NodeConnection } from '../ports';
import { excerpt } from '../parse/reply';
import { splitLines } from '../parse/lines';

/** Runs a command that has to succeed. @throws ClusterError commandFailed with its last words */
export async function runCommand(
  node: NodeConnection,
  command: readonly string[],
  options?: ExecOptions,
): Promise<string> {
  const result = await node.exec(command, options);
  if (result.exitCode !== 0) {
    throw commandFailed(node, command, result);
  }
  return result.stdout;
}

/** Only the program's name goes into the sentence: arguments may be long, or secret. */
export function commandFailed(node: NodeConnection, command: readonly string[], result: ExecResult): ClusterError {
  const program = command.find((word) => word !== 'sudo') ?? 'a command';
  const how =
    result.exitCode === null ? `was ended by ${result.signal ?? 'a signal'}` : `ended with ${result.exitCode}`;
  const lastWords = splitLines(result.stderr === '' ? result.stdout : result.stderr).at(-1) ?? '';
  return new ClusterError(`${program} on ${node.endpoint.name} ${how}: ${excerpt(lastWords, 200)}.`, {
    code: 'commandFailed',
    remedy: 'resumeSetup',
  });
}

/** True when the command says yes by its exit code. */
export async function succeeds(
  node: NodeConnection,
  command: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  return (await node.exec(command, { signal })).exitCode === 0;
}

/** The last lines of a unit's journal on a node, for an error message; empty when even that cannot be had. */
export async function lastJournalLines(node: NodeConnection, unit: string, count = 3): Promise<string[]> {
  try {
    const command = ['journalctl', '-u', unit, '-n', String(count), '-o', 'cat', '--no-pager'];
    const { stdout } = await node.exec(command, { timeoutMs: 10_000 });
    return splitLines(stdout).filter((line) => !line.startsWith('-- '));
  } catch {
    return []; // It would only have illustrated the failure that is being reported.
  }
}
