import type { ResolvedCommandContext } from 'just-bash';
import { latin1FromBytes } from 'just-bash';
import type { CommandResult } from '../executionTypes';
import { reasonOf } from './toolMessages';

const FAILED = /^tee: (.*): No such file or directory$/;

/** The library's `tee`, which takes every failure for a missing folder: what failed is tried again, to say why. */
export async function tee(args: readonly string[], context: ResolvedCommandContext): Promise<CommandResult> {
  const result = await context.origCommand?.([...args]);
  if (result === undefined) return { stdout: '', stderr: 'bash: tee: command not found\n', exitCode: 127 };
  const rows: string[] = [];
  for (const row of result.stderr.split('\n').filter((line) => line !== '')) {
    const name = FAILED.exec(row)?.[1];
    rows.push(name === undefined ? row : `tee: ${name}: ${await reasonFor(context, name)}`);
  }
  return { ...result, stderr: rows.map((row) => `${row}\n`).join('') };
}

/** With the whole input, since an empty write fits on a full disk; appended, so that nothing there is lost. */
async function reasonFor({ fs, cwd, stdin }: ResolvedCommandContext, name: string): Promise<string> {
  try {
    await fs.appendFile(fs.resolvePath(cwd, name), Buffer.from(latin1FromBytes(stdin), 'latin1'));
    return 'Input/output error';
  } catch (error) {
    return reasonOf(error);
  }
}
