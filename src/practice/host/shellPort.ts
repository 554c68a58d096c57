import type { RunOptions } from '../kernel';
import type { Shell } from '../shell/shell';
import type { Output } from './inside';

/** A script in the node's shell for a unit. */
export async function runInShell(shell: Shell, script: string, options: RunOptions, output: Output): Promise<number> {
  const { stdout, stderr, exitCode } = await shell.run(script, options);
  output.stdout(stdout);
  output.stderr(stderr);
  return exitCode;
}
