import type { ProgramContext } from '../../programs/program';
import { runCommand } from '../exec/command';
import { insideOf } from '../inside';

/** Runs a command given as words with this program's own streams. */
export async function runWords(context: ProgramContext, words: readonly string[]): Promise<number> {
  if (context.session !== undefined) {
    return await context.session.start(words);
  }
  const inside = insideOf(context.host);
  const path = (context.environment['PATH'] ?? '/usr/sbin:/usr/bin:/opt/bin')
    .split(':')
    .map((folder) => `${folder}/${words[0] ?? ''}`)
    .find((candidate) => inside.tree.find(candidate)?.kind === 'file');
  const { environment, user, workingDirectory, signal } = context;
  return await runCommand(
    inside,
    {
      argv: [words[0]?.startsWith('/') === true ? words[0] : (path ?? words[0] ?? ''), ...words.slice(1)],
      environment,
      user,
      workingDirectory,
      unit: '',
      isResumed: false,
    },
    { signal, stdout: (text) => context.stdout(text), stderr: (text) => context.stderr(text) },
  );
}
