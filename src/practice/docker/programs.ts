import type { Program, ProgramContext } from '../programs/program';
import { info, shortVersion, version } from './about';
import { reachDaemon } from './client';
import { kill, logs, ps, restart, rm, start, stop, wait } from './containers';
import { exec } from './exec';
import { history, images, pull, rmi } from './imageCommands';
import { inspect } from './inspect';
import { run } from './run';

type Command = (context: ProgramContext, args: readonly string[]) => number | Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  exec,
  history,
  images,
  info,
  inspect,
  kill,
  logs,
  ps,
  pull,
  restart,
  rm,
  rmi,
  run,
  start,
  stop,
  version,
  wait,
};

const USAGE =
  'Usage: docker [OPTIONS] COMMAND [arg...]\n       docker daemon [ --help | ... ]\n       docker [ --help | -v | --version ]\n\n' +
  'A self-sufficient runtime for containers.\n';

/** The client of Docker 1.10, as far as Deis's units and an operator of them go. */
const docker: Program = {
  name: 'docker',
  directory: '/usr/bin',
  async run(context) {
    const [verb = '', ...args] = context.args;
    if (verb === '-v' || verb === '--version') {
      context.stdout(shortVersion);
      return 0;
    }
    if (verb === '' || verb === '--help' || verb === 'help') {
      context.stdout(USAGE);
      return 0;
    }
    const command = COMMANDS[verb];
    if (command === undefined) {
      context.stderr(`docker: '${verb}' is not a docker command.\nSee 'docker --help'.\n`);
      return 1;
    }
    return (await reachDaemon(context)) ? await command(context, args) : 1;
  },
};

export const dockerPrograms: readonly Program[] = [docker];
