import { quoteAll } from '../shell/quote';
import type { Behaviour } from './context';

/** What `docker stop` ends a shell with that does not listen: SIGKILL. */
const KILLED = 137;

/** The main process is a command of the image's own system. */
export const boxCommand: Behaviour = async (context) => {
  const { inside, record, command, attached, signal } = context;
  const box = inside.docker.boxOf(record);
  context.ready();
  const environment = { ...box.environment, ...context.environment };
  const options = { user: 'root' as const, environment, workingDirectory: context.workingDirectory, signal };
  const code =
    attached === undefined
      ? await box.shell.start(`exec ${quoteAll(command)}`, options, {
          stdout: (text) => context.write(text),
          stderr: (text) => context.write(text),
        })
      : await attached.start(box.shell, options, (text) => context.keep(text));
  return signal.aborted ? KILLED : code;
};
