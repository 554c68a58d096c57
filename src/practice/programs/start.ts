import type { ProgramContext, StartOptions } from './program';
import { quoteAll } from '../shell/quote';

/** Runs another command with this program's streams, in whatever started the program. */
export async function start(
  context: ProgramContext,
  command: string | readonly string[],
  options: StartOptions = {},
): Promise<number> {
  if (context.session !== undefined) {
    return await context.session.start(command, options);
  }
  const script = typeof command === 'string' ? command : quoteAll(command);
  const { user, environment, signal } = context;
  const result = await context.run(script, { user, environment, signal, ...options });
  context.stdout(result.stdout);
  context.stderr(result.stderr);
  return result.exitCode;
}
