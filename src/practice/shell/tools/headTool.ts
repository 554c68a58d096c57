import type { CustomCommand, ResolvedCommandContext } from 'just-bash';
import { defineCommand } from 'just-bash';
import { parseOptions } from '../../host/programs/options';
import { parseSize } from '../../programs/sizes';
import type { CommandResult } from '../executionTypes';
import { byteCount, MOST_IN_A_PIPE } from '../streams';

/** `head` beyond the library's: all but the last lines, units of size, files without an end. */
export const headCommands = (): CustomCommand[] => [defineCommand('head', head)];

async function head(args: readonly string[], context: ResolvedCommandContext): Promise<CommandResult> {
  const zeros = args.at(-1) === '/dev/zero' ? byteCount(args.slice(0, -1)) : undefined;
  if (zeros !== undefined) {
    const stdout = '\0'.repeat(Math.min(zeros, MOST_IN_A_PIPE));
    return { stdout, stdoutKind: 'bytes', stderr: '', exitCode: 0 };
  }
  const run = async (words: readonly string[]): Promise<CommandResult> =>
    (await context.origCommand?.([...words])) ?? { stdout: '', stderr: '', exitCode: 127 };
  const { values, words } = parseOptions(args, { flags: {}, values: { '-n': 'lines', '--lines': 'lines' } });
  const lines = values.get('lines')?.at(-1) ?? '';
  if (lines.startsWith('-') && words.length <= 1) {
    const whole = await run(['-n', '999999999', ...words]);
    const all = whole.stdout.split(/(?<=\n)/);
    const stdout = all.slice(0, Math.max(0, all.length + Number(lines))).join('');
    return { stdout, stderr: whole.stderr, exitCode: whole.exitCode };
  }
  return await run(
    args.map((arg, index) =>
      index > 0 && /^(?:-c|--bytes)$/.test(args[index - 1] ?? '')
        ? inBytes(arg)
        : arg.replace(/^(-c|--bytes=)(\d+[kKMG].*)$/, (_all, option: string, size: string) => option + inBytes(size)),
    ),
  );
}

const inBytes = (text: string): string => String(parseSize(text) ?? text);
