import type { ProgramContext } from '../kernel';
import { insideOf } from '../host/inside';
import { parseOptions } from '../host/programs/options';
import { runInside } from '../containers/commands';

/** `docker exec NAME COMMAND`: the few commands that units and operators run in Deis's containers. */
export async function exec(context: ProgramContext, args: readonly string[]): Promise<number> {
  const { words } = parseOptions(args, {
    stopsAtWord: true,
    flags: { '-i': 'interactive', '-t': 'tty', '-d': 'detach', '--privileged': 'privileged' },
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
  return await runInside(inside, record, command, context);
}
