import type { Program, ProgramContext } from '../../programs/program';
import { EtcdError } from '../errors';
import { ETCD_VERSION } from '../http/serve';
import { isAboutAccounts, runAccountCommand } from './auth';
import { backup } from './backup';
import { BadArguments, type EtcdctlCall } from './call';
import { DebugClient, sayEndpoints } from './debug';
import { COMMANDS, GLOBAL_FLAGS, VERSION_FLAG, type Command } from './commandTable';
import { readCommandLine, type CommandLine } from './commandLine';
import { connect, DEFAULT_ENDPOINTS, detailOf, findEndpoint } from './endpoint';
import { commandHelp, groupHelp, groupProgramHelp, programHelp } from './help';
import { keyCommands } from './keys';
import { askCredentials } from './password';
import { clusterHealth, memberCommands } from './members';
import { execWatch, watch } from './watch';

/** etcdctl answers within its `--total-timeout`, 5 s. */
const TOTAL_TIMEOUT_MS = 5_000;
/** Exit codes (etcd 3.4, `command/error.go`). */
const BAD_ARGUMENTS = 1;
const BAD_CONNECTION = 2;
const NO_SUCH_COMMAND = 3;
const SERVER_ERROR = 4;

/** etcdctl of etcd 3.4 with ETCDCTL_API=2; texts and exit codes as in the recorded traces, etcd/. */
export const etcdctl: Program = {
  name: 'etcdctl',
  directory: '/usr/bin',
  run: async (context) => {
    const globals = readCommandLine(context.args, [...GLOBAL_FLAGS, VERSION_FLAG], { stopsAtWord: true });
    const [verb, ...words] = globals.args;
    if (globals.problem !== undefined) {
      context.stdout(`Incorrect Usage. ${globals.problem}\n\n${programHelp()}`);
      context.stderr(`${globals.problem}\n`);
      return BAD_ARGUMENTS;
    }
    if (globals.isSet('version')) {
      context.stdout(`etcdctl version: ${ETCD_VERSION}\nAPI version: 2\n`);
      return 0;
    }
    if (verb === undefined || globals.isSet('help')) {
      context.stdout(programHelp());
      return 0;
    }
    if (verb === 'help' || verb === 'h') {
      return help(context, words[0]);
    }
    const command = COMMANDS.find(({ name }) => name === verb);
    return command === undefined ? noSuch(context, verb) : await runCommand(context, { globals, command, words });
  },
};

function noSuch(context: ProgramContext, verb: string): number {
  context.stderr(`No help topic for '${verb}'\n`);
  return NO_SUCH_COMMAND;
}

function help(context: ProgramContext, verb: string | undefined): number {
  const command = COMMANDS.find(({ name }) => name === verb);
  if (command === undefined && verb !== undefined) {
    return noSuch(context, verb);
  }
  context.stdout(command === undefined ? programHelp() : commandHelp(command.name, command));
  return 0;
}

interface Asked {
  readonly globals: CommandLine;
  readonly command: Command;
  readonly words: readonly string[];
}

async function runCommand(context: ProgramContext, { globals, command, words }: Asked): Promise<number> {
  const [verb, ...rest] = words;
  if (command.commands === undefined) {
    return await runOne(context, { globals, command, words, path: command.name });
  }
  const isHelp = verb === 'help' || verb === 'h';
  if (verb === undefined || verb === '--help' || verb === '-h' || isHelp) {
    context.stdout(isHelp ? groupProgramHelp(command) : groupHelp(command));
    return 0;
  }
  const chosen = command.commands.find(({ name }) => name === verb);
  return chosen === undefined
    ? noSuch(context, verb)
    : await runOne(context, { globals, command: chosen, words: rest, path: `${command.name} ${verb}` });
}

async function runOne(context: ProgramContext, asked: Asked & { readonly path: string }): Promise<number> {
  const { globals, command, words, path } = asked;
  const line = readCommandLine(words, command.flags);
  if (line.problem !== undefined) {
    context.stdout(`Incorrect Usage: ${line.problem}\n\n${commandHelp(path, command)}`);
    context.stderr(`${line.problem}\n`);
    return BAD_ARGUMENTS;
  }
  if (line.isSet('help')) {
    context.stdout(commandHelp(path, command));
    return 0;
  }
  if (path === 'backup') {
    return await backup(context, line);
  }
  const endpoints = endpointsOf(context, globals);
  if (typeof endpoints === 'string') {
    context.stderr(`${endpoints}\n`);
    return BAD_ARGUMENTS;
  }
  const credentials = await askCredentials(
    context,
    globals.value('username') ?? context.environment['ETCDCTL_USERNAME'],
  );
  const client = await connect(context, endpoints, credentials);
  if (typeof client === 'string') {
    return refused(context, { client, path, isSynced: !globals.isSet('no-sync') });
  }
  const member = endpoints.map((url) => findEndpoint(context, url).member).find((one) => one !== undefined);
  const err = (text: string): void => context.stderr(`${text}\n`);
  const isTold = globals.isSet('debug') && member !== undefined && keyCommands[path] !== undefined;
  const endpoint = isTold ? sayEndpoints(err, { endpoints, member, isSynced: !globals.isSet('no-sync') }) : '';
  const call = {
    ...{ context, line, args: line.args, format: globals.value('output') ?? 'simple', member, credentials },
    client: isTold ? new DebugClient(client, endpoint, err) : client,
    out: (text: string): void => context.stdout(`${text}\n`),
    err,
  };
  return await guarded(call, path);
}

function refused(
  context: ProgramContext,
  what: { readonly client: string; readonly path: string; readonly isSynced: boolean },
): number {
  const isHealth = what.path === 'cluster-health';
  if (isHealth) {
    context.stdout('cluster may be unhealthy: failed to list members\n');
  }
  context.stderr(`Error:  ${what.client}\n${detailOf(what.client)}\n`);
  return what.isSynced && !isHealth ? BAD_CONNECTION : SERVER_ERROR;
}

/** Runs the command and says in etcdctl's words what went wrong. */
async function guarded(call: EtcdctlCall, path: string): Promise<number> {
  try {
    return await perform(call, path);
  } catch (error) {
    if (error instanceof BadArguments) {
      call.err(`Error:  ${error.message}`);
      return BAD_ARGUMENTS;
    }
    if (!(error instanceof EtcdError)) {
      throw error;
    }
    call.err(`Error:  ${error.describe()}`);
    return SERVER_ERROR;
  }
}

async function perform(call: EtcdctlCall, path: string): Promise<number> {
  const [group = '', verb = ''] = path.split(' ');
  const onKeys = keyCommands[group];
  if (onKeys !== undefined) {
    return await inTime(call, onKeys(call));
  }
  if (group === 'watch' || group === 'exec-watch') {
    return await (group === 'watch' ? watch(call) : execWatch(call));
  }
  const ofMembers = group === 'member' ? memberCommands[verb] : group === 'cluster-health' ? clusterHealth : undefined;
  if (ofMembers !== undefined) {
    return call.member === undefined ? SERVER_ERROR : await ofMembers(call, call.member);
  }
  return isAboutAccounts(group) && call.member !== undefined
    ? await runAccountCommand(call, call.member, { group, verb })
    : SERVER_ERROR;
}

/** Ends with an error when etcd does not answer in time. */
async function inTime(call: EtcdctlCall, work: Promise<number>): Promise<number> {
  return await new Promise<number>((resolve, reject) => {
    const cancel = call.context.timeline.after(TOTAL_TIMEOUT_MS, () => {
      call.err('Error:  context deadline exceeded');
      resolve(SERVER_ERROR);
    });
    work.then(resolve, reject).finally(cancel);
  });
}

/** The endpoints to ask, or what is wrong with one of them, as Go's `url.Parse` says it. */
function endpointsOf({ environment }: ProgramContext, globals: CommandLine): readonly string[] | string {
  const text = ['endpoints', 'endpoint', 'peers']
    .flatMap((name) => [globals.value(name), environment[`ETCDCTL_${name.toUpperCase()}`]])
    .find((one) => one !== undefined && one !== '');
  const urls = text === undefined ? DEFAULT_ENDPOINTS : text.split(',');
  for (const url of urls) {
    if (url.startsWith(':')) return `parse "${url}": missing protocol scheme`;
    if (/^\d[^/]*:/.test(url)) return `parse "${url}": first path segment in URL cannot contain colon`;
  }
  return urls.map((url) => (url.includes('://') ? url : `http://${url}`));
}
