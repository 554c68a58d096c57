import type { ProgramContext } from '../programs/program';
import { insideOf } from '../host/inside';
import { parseOptions } from '../host/programs/options';
import { runInside } from '../containers/commands';

/** `docker exec [-it] NAME COMMAND` */
export async function exec(context: ProgramContext, args: readonly string[]): Promise<number> {
  const { words, flags } = parseOptions(args, {
    stopsAtWord: true,
    flags: {
      ...{ '-i': 'interactive', '--interactive': 'interactive', '-t': 'tty', '--tty': 'tty', '-d': 'detach' },
      ...{ '--privileged': 'privileged' },
    },
    values: { '-u': 'user', '--user': 'user' },
  });
  const [name = '', ...command] = words;
  const inside = insideOf(context.host);
  const record = inside.docker.find(name);
  if (record === undefined) {
    context.stderr(`Error response from daemon: No such container: ${name}\n`);
    return 1;
  }
  if (!inside.docker.running.has(record.name)) {
    context.stderr(`Error response from daemon: Container ${record.id} is not running\n`);
    return 1;
  }
  if (command.length === 0) {
    context.stderr('docker: "exec" requires a minimum of 2 arguments.\nSee \'docker exec --help\'.\n');
    return 1;
  }
  const readsInput = flags.has('interactive');
  const hasTerminal = flags.has('tty') && context.session?.terminal !== undefined;
  if (readsInput && flags.has('tty') && !hasTerminal) {
    context.stderr('cannot enable tty mode on non tty input\n');
    return 1;
  }
  return await runInside(inside, record, command, { context, readsInput, hasTerminal });
}
