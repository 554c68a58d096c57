import { parseFlags, type FlagTable } from '../../fleet/cli/flags';
import { throughTunnel } from '../../fleet/cli/remote';
import type { Program, ProgramContext } from '../../programs/program';
import { GoSshError } from '../../ssh/client/goClient';
import { create, destroy, start, stop } from './backend';
import { DeisctlError, PanicError, UsageError, type DeisctlCall } from './call';
import { mistakeIn, takeApart, type CommandLine } from './commandLine';
import { config } from './config';
import { DEISCTL_HELP } from './help';
import { dock, journal, ssh, status } from './inspect';
import { list, machines } from './lists';
import { checkMeshSize, installPlatform, startPlatform, stopPlatform, uninstallPlatform } from './platform';
import { refreshUnits } from './refreshUnits';
import { rollingRestart, scale } from './scale';
import { isScheduler, onScheduler } from './schedulers';
import { callOf, installedVersion, tunnelOf } from './settings';
import { upgradePrep, upgradeTakeover } from './upgrade';
import { COMMAND_USAGE, fits, helpOf, usageOf } from './usage';

const PLAIN_USAGE = 'Usage: deisctl [options] <command> [<args>...]\n';

const COMMAND_FLAGS: FlagTable = {
  values: { 'router-mesh-size': 'router-mesh-size', p: 'path', path: 'path', t: 'tag', tag: 'tag' },
  switches: { stateless: 'stateless', help: 'help', h: 'help' },
};

type Command = (call: DeisctlCall) => Promise<void>;

const onTargets =
  (
    verb: Parameters<typeof onScheduler>[1],
    onPlatform: (call: DeisctlCall, isStateless: boolean) => Promise<void>,
    onUnits: (call: DeisctlCall, targets: readonly string[]) => Promise<void>,
  ): Command =>
  async (call) => {
    const [first = '', ...more] = call.args;
    if (more.length === 0 && (first === 'platform' || first === 'stateless-platform')) {
      await onPlatform(call, first === 'stateless-platform');
    } else if (more.length === 0 && isScheduler(first)) {
      await onScheduler(call, verb, first);
    } else {
      await onUnits(call, call.args);
    }
  };

const startTargets = onTargets('start', startPlatform, start);
const stopTargets = onTargets('stop', stopPlatform, stop);
const installTargets = onTargets('install', installPlatform, create);

const COMMANDS: Readonly<Record<string, Command>> = {
  ...{ config, dock, journal, list, machines, scale, ssh, status, start: startTargets, stop: stopTargets },
  install: async (call) => {
    if (checkMeshSize(call)) await installTargets(call);
  },
  restart: async (call) => {
    await stopTargets(call);
    await startTargets(call);
  },
  uninstall: onTargets('uninstall', uninstallPlatform, destroy),
  'refresh-units': refreshUnits,
  'rolling-restart': rollingRestart,
  'upgrade-prep': upgradePrep,
  'upgrade-takeover': upgradeTakeover,
};

/** deisctl 1.13; output, streams and exit codes as in the recorded traces, deisctl/ and no-quorum/. */
export const deisctl: Program = {
  name: 'deisctl',
  directory: '/opt/bin',
  run: async (context) => {
    const line = takeApart(context.args);
    return (await answerEarly(context, line)) ?? (await runCommand(context, line));
  },
};

/** What is said before anything is done; undefined when there is a command to run. */
async function answerEarly(context: ProgramContext, line: CommandLine): Promise<number | undefined> {
  const { flags, command, mistake } = line;
  if (mistake !== undefined) {
    context.stdout(`${mistake}\n${PLAIN_USAGE}${mistake}\n`);
    return 1;
  }
  if (flags.isSet('version')) {
    context.stdout(`${await installedVersion(context)}\n`);
    return 0;
  }
  // An option it does not know in this place: the usage, nothing done, and a success.
  if (command === '' || flags.unknown.length > 0) {
    context.stdout(PLAIN_USAGE);
    return 0;
  }
  if (command === 'help') {
    context.stdout(DEISCTL_HELP);
    return 0;
  }
  if (!Object.hasOwn(COMMANDS, command)) {
    context.stdout('Found no matching command, try "deisctl help"\nUsage: deisctl <command> [<args>...] [options]\n');
    return 1;
  }
  return undefined;
}

async function runCommand(context: ProgramContext, line: CommandLine): Promise<number> {
  const route = tunnelOf(context, line);
  let close: () => void = () => undefined;
  try {
    const tunnel = await throughTunnel(context, route);
    close = tunnel.close;
    const call = await callOf(context, line, { far: tunnel.far, route });
    return await perform(call, line);
  } catch (error) {
    return complain(context, line.command, error);
  } finally {
    close();
  }
}

/** The command's own look at its words, and then its work. @throws UsageError when they fit none of its forms */
async function perform(call: DeisctlCall, { command, args, flags, isMisplaced }: CommandLine): Promise<number> {
  // What follows these two is a command of another machine's, options and all.
  const isRemote = command === 'ssh' || command === 'dock';
  const parsed = parseFlags(isRemote ? [] : args, COMMAND_FLAGS);
  if (parsed.isSet('help') || flags.isSet('help') || (isRemote && args[0] === '--help')) {
    call.out(helpOf(command));
    return 0;
  }
  const { options: known = [] } = COMMAND_USAGE[command] ?? {};
  const given = ['router-mesh-size', 'path', 'tag', 'stateless'].filter((name) => parsed.value(name) !== undefined);
  if (isMisplaced || parsed.unknown.length > 0 || given.some((name) => !known.includes(name))) {
    throw new UsageError();
  }
  const mistake = isRemote ? undefined : mistakeIn(args, COMMAND_FLAGS);
  if (mistake !== undefined) {
    call.out(`${mistake}\n`);
    throw new UsageError();
  }
  const words = isRemote ? args : parsed.positional;
  if (!fits(command, words)) {
    throw new UsageError();
  }
  await COMMANDS[command]?.({ ...call, args: words, flags: parsed });
  return 0;
}

/** @throws what is no complaint of deisctl's */
function complain(context: ProgramContext, command: string, error: unknown): number {
  if (error instanceof UsageError) {
    context.stdout(usageOf(command));
    return 1;
  }
  if (error instanceof PanicError) {
    context.stderr(`panic: ${error.message}\n\ngoroutine 1 [running]:\n`);
    return 2;
  }
  if (error instanceof GoSshError) {
    context.stdout(`Error: failed initializing SSH client: ${error.message}\n`);
    return 1;
  }
  if (error instanceof DeisctlError) {
    context.stdout(`Error: ${error.message}\n`);
    return 1;
  }
  throw error;
}
