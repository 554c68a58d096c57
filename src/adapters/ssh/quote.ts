import { ClusterError } from '../../core/errors';

/** Nothing in these words means anything to a shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/**
 * One word for a POSIX shell, whatever is in it: between single quotes everything stands for itself, and a single quote is
 * written outside of them.
 * @throws ClusterError invalidInput for a NUL, which no argument of a program can contain
 */
export function quote(word: string): string {
  if (word.includes('\0')) {
    throw new ClusterError('A command cannot contain a NUL character.', { code: 'invalidInput' });
  }
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The only place where an argument list becomes what sshd hands to the user's shell. */
export function commandLine(command: readonly string[]): string {
  if (command.length === 0) {
    throw new ClusterError('There is no command to run.', { code: 'invalidInput' });
  }
  const [program = '', ...args] = command;
  // `A=b` in first place would be an assignment, not a program.
  const first = program.includes('=') ? `'${program.replaceAll("'", "'\\''")}'` : quote(program);
  return [first, ...args.map(quote)].join(' ');
}
