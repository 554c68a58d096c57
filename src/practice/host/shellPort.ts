import type { RunOptions } from '../kernel';
import type { Shell } from '../shell/shell';
import type { Output } from './inside';

/** A script in the node's shell for a unit: its output goes on as it comes. Units begin in /. */
export async function runInShell(shell: Shell, script: string, options: RunOptions, output: Output): Promise<number> {
  return await shell.start(
    script,
    { ...options, workingDirectory: '/' },
    { stdout: (text) => output.stdout(text), stderr: (text) => output.stderr(text) },
  );
}
