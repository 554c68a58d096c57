import { ClusterError } from '../errors';
import type { ExecOptions, ExecResult, NodeConnection } from '../ports';
import { lastWords } from '../parse/lastWords';
import { excerpt } from '../parse/reply';
import { splitLines } from '../parse/lines';
import { Redactor } from '../redact';

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

/** So many lines of a journal, among which a unit that was restarted again and again still says why. */
const LINES_READ = 60;

/** What etcd says of its discovery URL, or deisctl of a key, would end up in the journal and on the screen. */
const shapes = new Redactor();

/** What a unit on a node said last, for an error message; empty when even that cannot be had. */
export async function lastJournalLines(node: NodeConnection, unit: string, count = 3): Promise<string[]> {
  try {
    const command = ['journalctl', '-u', unit, '-n', String(LINES_READ), '-o', 'short', '--no-pager'];
    const { stdout } = await node.exec(command, { timeoutMs: 10_000 });
    return lastWords(stdout, count).map((line) => excerpt(shapes.redact(line), 200));
  } catch {
    return []; // It would only have illustrated the failure that is being reported.
  }
}
