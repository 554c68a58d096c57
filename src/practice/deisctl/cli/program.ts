import { parseFlags, type FlagTable, type ParsedFlags } from '../../etcd/etcdctl/flags';
import { routeOf, throughTunnel, type Route } from '../../fleet/cli/remote';
import { Registry } from '../../fleet/registry';
import type { Program, ProgramContext } from '../../kernel';
import { GoSshError } from '../../ssh/client/goClient';
import { DEISCTL_PATH } from '../installer';
import { create, destroy, start, stop } from './backend';
import { DeisctlError, UsageError, type DeisctlCall } from './call';
import { config } from './config';
import { DEISCTL_HELP } from './help';
import { dock, journal, ssh, status } from './inspect';
import { list, machines } from './lists';
import { PatientClient } from './patientClient';
import { checkMeshSize, installPlatform, startPlatform, stopPlatform, uninstallPlatform } from './platform';
import { refreshUnits } from './refreshUnits';
import { rollingRestart, scale } from './scale';
import { upgradePrep, upgradeTakeover } from './upgrade';
import { COMMAND_USAGE, fits, helpOf, usageOf } from './usage';

/** The platform's parts speak to etcd's old port (Deis, contrib/coreos/user-data.example listens on both). */
const DEFAULT_ENDPOINT = 'http://127.0.0.1:4001';
const DEFAULT_TIMEOUT_S = 10;
const STRICT = 'strict-host-key-checking';
const PLAIN_USAGE = 'Usage: deisctl [options] <command> [<args>...]\n';

const GLOBAL_FLAGS: FlagTable = {
  values: {
    ...{ endpoint: 'endpoint', tunnel: 'tunnel', 'request-timeout': 'request-timeout', 'ssh-timeout': 'ssh-timeout' },
    ...{ 'etcd-cafile': 'etcd-cafile', 'etcd-certfile': 'etcd-certfile', 'etcd-keyfile': 'etcd-keyfile' },
    ...{ 'etcd-key-prefix': 'etcd-key-prefix', 'known-hosts-file': 'known-hosts-file' },
  },
  switches: { help: 'help', h: 'help', version: 'version', 'strict-host-key-checking': 'strict-host-key-checking' },
};
const COMMAND_FLAGS: FlagTable = {
  values: { 'router-mesh-size': 'router-mesh-size', p: 'path', path: 'path', t: 'tag', tag: 'tag' },
  switches: { stateless: 'stateless', help: 'help', h: 'help' },
};

type Command = (call: DeisctlCall) => Promise<void>;

const onTargets =
  (
    onPlatform: (call: DeisctlCall, isStateless: boolean) => Promise<void>,
    onUnits: (call: DeisctlCall, targets: readonly string[]) => Promise<void>,
  ): Command =>
  async (call) => {
    const [first] = call.args;
    if (first === 'platform' || first === 'stateless-platform') {
      await onPlatform(call, first === 'stateless-platform');
    } else {
      await onUnits(call, call.args);
    }
  };

const restart: Command = onTargets(
  async (call, isStateless) => {
    await stopPlatform(call, isStateless);
    await startPlatform(call, isStateless);
  },
  async (call, targets) => {
    await stop(call, targets);
    await start(call, targets);
  },
);

const COMMANDS: Readonly<Record<string, Command>> = {
  ...{ config, dock, journal, list, machines, scale, ssh, status, restart },
  install: async (call) => {
    if (checkMeshSize(call)) await onTargets(installPlatform, create)(call);
  },
  start: onTargets(startPlatform, start),
  stop: onTargets(stopPlatform, stop),
  uninstall: onTargets(uninstallPlatform, destroy),
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
    const at = context.args.findIndex((arg, index) => !arg.startsWith('-') && !takesNext(context.args[index - 1]));
    const before = at < 0 ? context.args : context.args.slice(0, at);
    const flags = parseFlags(before, GLOBAL_FLAGS);
    const command = at < 0 ? '' : (context.args[at] ?? '');
    const early = await answerEarly(context, { flags, command, rest: context.args.slice(at + 1) });
    return early ?? (await runCommand(context, { flags, command, args: context.args.slice(at + 1) }));
  },
};

const takesNext = (arg: string | undefined): boolean =>
  arg !== undefined && !arg.includes('=') && GLOBAL_FLAGS.values[arg.replace(/^--?/, '')] !== undefined;

/** What is said before anything is done; undefined when there is a command to run. */
async function answerEarly(
  context: ProgramContext,
  what: { flags: ParsedFlags; command: string; rest: readonly string[] },
): Promise<number | undefined> {
  const { flags, command, rest } = what;
  if (flags.isSet('version')) {
    context.stdout(`${await installedVersion(context)}\n`);
    return 0;
  }
  if (command === 'help' || flags.isSet('help')) {
    const [topic = ''] = rest;
    context.stdout(Object.hasOwn(COMMAND_USAGE, topic) ? helpOf(topic) : DEISCTL_HELP);
    return 0;
  }
  if (context.args.some((arg) => arg.startsWith(`--${STRICT}=`))) {
    const mistake = `--${STRICT} must not have an argument\n`;
    context.stdout(`${mistake}${PLAIN_USAGE}${mistake}`);
    return 1;
  }
  // An option it does not know in this place: the usage, nothing done, and a success.
  if (command === '' || flags.unknown.length > 0) {
    context.stdout(PLAIN_USAGE);
    return 0;
  }
  if (!Object.hasOwn(COMMANDS, command)) {
    context.stdout('Found no matching command, try "deisctl help"\nUsage: deisctl <command> [<args>...] [options]\n');
    return 1;
  }
  return undefined;
}

async function runCommand(
  context: ProgramContext,
  what: { flags: ParsedFlags; command: string; args: readonly string[] },
): Promise<number> {
  const isRemote = what.command === 'ssh' || what.command === 'dock';
  const parsed = parseFlags(what.args, COMMAND_FLAGS, isRemote);
  if (parsed.isSet('help')) {
    context.stdout(helpOf(what.command));
    return 0;
  }
  const given = ['router-mesh-size', 'path', 'tag', 'stateless'].filter((name) => parsed.value(name) !== undefined);
  if (parsed.unknown.length > 0 || !fits(what.command, parsed.positional, given)) {
    context.stdout(usageOf(what.command));
    return 1;
  }
  const route = tunnelOf(context, what);
  let close: () => void = () => undefined;
  try {
    const tunnel = await throughTunnel(context, route);
    close = tunnel.close;
    if (what.flags.isSet(STRICT)) {
      // It looks at the host's key and then takes the switch for a mistake of the command.
      context.stdout(usageOf(what.command));
      return 1;
    }
    const flags = isRemote ? { ...parsed, positional: what.args } : parsed;
    await COMMANDS[what.command]?.(await callOf(context, what.flags, { flags, far: tunnel.far, route }));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      context.stdout(usageOf(what.command));
      return 1;
    }
    context.stdout(`Error: ${problemOf(error)}\n`);
    return 1;
  } finally {
    close();
  }
}

/** @throws what is no complaint of deisctl's */
function problemOf(error: unknown): string {
  if (error instanceof GoSshError) {
    return `failed initializing SSH client: ${error.message}`;
  }
  if (error instanceof DeisctlError) {
    return error.message;
  }
  throw error;
}

/** Host keys are looked at only when that is asked for, whatever the help says (the recorded traces, tunnel/deisctl-changed-host-key). */
function tunnelOf(context: ProgramContext, { flags, command }: { flags: ParsedFlags; command: string }): Route {
  const tunnel = flags.value('tunnel') ?? context.environment['DEISCTL_TUNNEL'] ?? '';
  return routeOf({
    tunnel: command === 'refresh-units' ? '' : tunnel,
    user: 'core',
    timeout: flags.value('ssh-timeout'),
    knownHosts: flags.isSet(STRICT) ? (flags.value('known-hosts-file') ?? '~/.ssh/known_hosts') : undefined,
  });
}

async function callOf(
  context: ProgramContext,
  options: ParsedFlags,
  what: { flags: ParsedFlags; far: ProgramContext; route: Route },
): Promise<DeisctlCall> {
  const { flags, far, route } = what;
  const endpoint = options.value('endpoint') ?? DEFAULT_ENDPOINT;
  const timeoutMs = (Number(options.value('request-timeout')) || DEFAULT_TIMEOUT_S) * 1_000;
  const client = new PatientClient({ context: far, endpoint, timeoutMs });
  return {
    ...{ context, far, route, endpoint, args: flags.positional, flags, registry: new Registry(client) },
    version: await installedVersion(context),
    peek: (key) => client.peek(key)?.value,
    reachable: async () => {
      await client.reach('Get /_coreos.com/fleet/states');
    },
    out: (text) => context.stdout(text),
    err: (text) => context.stderr(text),
  };
}

/** The installed file says which version it is. */
async function installedVersion(context: ProgramContext): Promise<string> {
  const { files } = context.host;
  const text = (await files.exists(DEISCTL_PATH)) ? await files.readFile(DEISCTL_PATH) : '';
  return /version=v?(\S+)/.exec(text)?.[1] ?? '1.13.4';
}
