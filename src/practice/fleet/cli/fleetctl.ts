import { worldOf } from '../../etcd/world';
import type { Program, ProgramContext } from '../../programs/program';
import { GoSshError } from '../../ssh/client/goClient';
import { FLEET_VERSIONS } from '../version';
import { ApiCallError } from './apiError';
import type { FleetctlCall, Verb } from './call';
import { FleetClient, type ApiMachine } from './client';
import { parseCommandLine, type CommandLine } from './commandLine';
import { suggestionsFor } from './suggestions';
import { destinationOf, EndpointError } from './destination';
import { fdForward } from './fdForward';
import { FLEETCTL_HELP, helpOf } from './help';
import { cat, journal, status } from './inspect';
import { destroy, load, start, stop, submit, unload } from './lifecycle';
import { listMachines, listUnitFiles, listUnits } from './lists';
import { isVerb } from './options';
import { routeOf, throughTunnel } from './remote';
import { restart } from './restart';
import { ssh } from './sshVerb';

const VERBS: Readonly<Record<string, Verb>> = {
  ...{ cat, destroy, journal, load, ssh, start, status, stop, submit, unload, restart },
  ...{ 'list-machines': listMachines, 'list-units': listUnits, 'list-unit-files': listUnitFiles },
  'fd-forward': fdForward,
  verify: (call) => {
    if (call.version === '1.0') {
      call.err('Command "verify" is deprecated, DEPRECATED - No longer works');
    }
    call.err('WARNING: The signed/verified units feature is DEPRECATED and cannot be used.');
    return Promise.resolve(2);
  },
};

/** fleetctl of both versions; texts, streams and exit codes as in the recorded traces, fleetctl/ and fleet-0.11.7/. */
export const fleetctl: Program = {
  name: 'fleetctl',
  directory: '/usr/bin',
  run: async (context) => {
    const version = versionOf(context);
    const line = parseCommandLine(context.args, version);
    if (isVersionAsked(context.args, line, version)) {
      context.stdout(`fleetctl version ${FLEET_VERSIONS[version].name}\n`);
      return 0;
    }
    if (line.problem !== undefined) {
      return misused(context, { verb: line.verb, problem: line.problem, version });
    }
    // 1.0 looks at it before it has read its options.
    if (version === '0.11' && line.flags.isSet('sign')) {
      context.stderr('WARNING: The signed/verified units feature is DEPRECATED and cannot be used.\n');
      return 2;
    }
    if (line.verb !== '' && !isVerb(line.verb, version)) {
      return unknownVerb(context, line.verb, version);
    }
    if (line.verb === '' || line.verb === 'help' || line.flags.isSet('help')) {
      return help(context, line, version);
    }
    const run = VERBS[line.verb];
    return run === undefined
      ? unknownVerb(context, line.verb, version)
      : await runVerb(context, run, { line, version });
  },
};

/** 1.0 looks for `--version` in the first place only. */
function isVersionAsked(words: readonly string[], line: CommandLine, version: '1.0' | '0.11'): boolean {
  const isFlag = version === '1.0' ? ['--version', '-v'].includes(words[0] ?? '') : line.flags.isSet('version');
  return isFlag || (line.verb === 'version' && !line.flags.isSet('help'));
}

/** 1.0 shows how the verb is used, complains, and calls it a success. */
function misused(
  context: ProgramContext,
  { verb, problem, version }: { verb: string; problem: string; version: '1.0' | '0.11' },
): number {
  if (version === '0.11') {
    context.stderr(`${problem}\n`);
    return 2;
  }
  context.stdout(isVerb(verb, version) ? helpOf(verb, version) : FLEETCTL_HELP[version]);
  context.stderr(`Error: ${problem}\n\ncannot execute cmdFleet: ${problem}\n`);
  return 0;
}

function help(context: ProgramContext, line: CommandLine, version: '1.0' | '0.11'): number {
  const topic = line.verb === 'help' ? (line.args[0] ?? '') : line.verb;
  const isOfAll = topic === '' || (version === '0.11' && line.flags.isSet('help'));
  if (!isOfAll && !isVerb(topic, version)) {
    if (version === '0.11') {
      context.stdout(`Unrecognized command: ${topic}\n`);
      return 1;
    }
    context.stderr(`Unknown help topic [\`${topic}\`].`);
    context.stdout(FLEETCTL_HELP[version]);
    return 0;
  }
  context.stdout(isOfAll ? FLEETCTL_HELP[version] : helpOf(topic, version));
  return 0;
}

/** 1.0 complains and calls it a success. */
function unknownVerb(context: ProgramContext, verb: string, version: '1.0' | '0.11'): number {
  if (version === '0.11') {
    context.stderr(`fleetctl: unknown subcommand: ${JSON.stringify(verb)}\nRun 'fleetctl help' for usage.\n`);
    return 2;
  }
  const problem = `unknown command ${JSON.stringify(verb)} for "fleetctl"${suggestionsFor(verb)}`;
  context.stderr(`Error: ${problem}\nRun 'fleetctl --help' for usage.\ncannot execute cmdFleet: ${problem}\n`);
  return 0;
}

async function runVerb(
  context: ProgramContext,
  run: Verb,
  { line, version }: { line: CommandLine; version: '1.0' | '0.11' },
): Promise<number> {
  const { flags, args } = line;
  const given = (name: string): string | undefined =>
    flags.value(name) ?? context.environment[`FLEETCTL_${name.toUpperCase().replaceAll('-', '_')}`];
  const setting = (name: string, fallback: string): string => given(name) ?? fallback;
  const route = routeOf({
    tunnel: setting('tunnel', ''),
    user: setting('ssh-username', 'core'),
    timeout: setting('ssh-timeout', ''),
    knownHosts:
      setting('strict-host-key-checking', 'true') === 'false'
        ? undefined
        : setting('known-hosts-file', '~/.fleetctl/known_hosts'),
  });
  try {
    const destination = destinationOf(given, version);
    const { far, close } = await throughTunnel(context, route);
    const client = new FleetClient(far, { ...destination, version });
    return await runWith({ context, client, version, args, flags, route }, run).finally(close);
  } catch (error) {
    if (!(error instanceof GoSshError) && !(error instanceof EndpointError)) {
      throw error;
    }
    const what = error instanceof GoSshError ? 'failed initializing SSH client: ' : '';
    context.stderr(`Unable to initialize client: ${what}${error.message}\n`);
    return 1;
  }
}

async function runWith(parts: Omit<FleetctlCall, 'out' | 'err' | 'machines'>, run: Verb): Promise<number> {
  const { context, client } = parts;
  let machines: Promise<readonly ApiMachine[]> | undefined;
  const call: FleetctlCall = {
    ...parts,
    out: (line) => context.stdout(`${line}\n`),
    err: (line) => context.stderr(`${line}\n`),
    machines: () => (machines ??= client.machines()),
  };
  try {
    return await run(call);
  } catch (error) {
    if (!(error instanceof ApiCallError)) {
      throw error;
    }
    call.err(error.message);
    return 1;
  }
}

/** The node's fleetd and its fleetctl are of one package. */
function versionOf(context: ProgramContext): '1.0' | '0.11' {
  const running = context.host.daemon('fleet')?.version.short;
  return running ?? worldOf(context.host)?.kernel.fleetVersion ?? '1.0';
}

/** `fleetd` as a command only says which version it is; the daemon itself is started by its unit. */
export const fleetd: Program = {
  name: 'fleetd',
  directory: '/usr/bin',
  run: (context) => {
    context.stdout(`fleetd version ${FLEET_VERSIONS[versionOf(context)].name}\n`);
    return Promise.resolve(0);
  },
};
