import { parseFlags, type FlagTable, type ParsedFlags } from '../../etcd/etcdctl/flags';
import { worldOf } from '../../etcd/world';
import type { Program, ProgramContext } from '../../kernel';
import { FLEET_VERSIONS } from '../version';
import { ApiCallError } from './apiError';
import type { FleetctlCall, Verb } from './call';
import { FleetClient, type ApiMachine } from './client';
import { fdForward } from './fdForward';
import { FLEETCTL_HELP } from './help';
import { cat, journal, ssh, status } from './inspect';
import { destroy, load, restart, start, stop, submit, unload } from './lifecycle';
import { listMachines, listUnitFiles, listUnits } from './lists';
import { GoSshError } from '../../ssh/client/goClient';
import { routeOf, throughTunnel } from './remote';

const FLAGS: FlagTable = {
  values: {
    ...{ endpoint: 'endpoint', driver: 'driver', tunnel: 'tunnel', fields: 'fields', lines: 'lines', n: 'lines' },
    ...{ output: 'output', o: 'output', 'block-attempts': 'block-attempts', 'request-timeout': 'request-timeout' },
    ...{ 'ssh-timeout': 'ssh-timeout', 'ssh-username': 'ssh-username', 'known-hosts-file': 'known-hosts-file' },
    ...{ 'etcd-key-prefix': 'etcd-key-prefix', 'ca-file': 'ca-file', 'cert-file': 'cert-file', 'key-file': 'key-file' },
    ...{ machine: 'machine', unit: 'unit', 'ssh-port': 'ssh-port' },
  },
  switches: {
    ...{ full: 'full', l: 'full', 'no-legend': 'no-legend', 'no-block': 'no-block', replace: 'replace' },
    ...{ follow: 'follow', f: 'follow', sudo: 'sudo', debug: 'debug', help: 'help', h: 'help', version: 'version' },
    ...{ 'strict-host-key-checking': 'strict-host-key-checking', 'forward-agent': 'forward-agent', A: 'forward-agent' },
    ...{ sign: 'sign', 'experimental-api': 'experimental-api' },
  },
};

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
    const flags = parseFlags(context.args, FLAGS, context.args.includes('ssh'));
    const [verb = '', ...args] = flags.positional;
    if (flags.isSet('version') || verb === 'version') {
      context.stdout(`fleetctl version ${FLEET_VERSIONS[version].name}\n`);
      return 0;
    }
    if (verb === '' || verb === 'help' || flags.isSet('help')) {
      context.stdout(FLEETCTL_HELP[version]);
      return 0;
    }
    const run = Object.hasOwn(VERBS, verb) && !(verb === 'restart' && version === '0.11') ? VERBS[verb] : undefined;
    return run === undefined
      ? unknownVerb(context, verb, version)
      : await runVerb(context, run, { args, flags, version });
  },
};

/** 1.0 complains and calls it a success. */
function unknownVerb(context: ProgramContext, verb: string, version: '1.0' | '0.11'): number {
  if (version === '0.11') {
    context.stderr(`fleetctl: unknown subcommand: ${JSON.stringify(verb)}\nRun 'fleetctl help' for usage.\n`);
    return 2;
  }
  const problem = `unknown command ${JSON.stringify(verb)} for "fleetctl"`;
  context.stderr(`Error: ${problem}\nRun 'fleetctl --help' for usage.\ncannot execute cmdFleet: ${problem}\n`);
  return 0;
}

async function runVerb(
  context: ProgramContext,
  run: Verb,
  what: { args: readonly string[]; flags: ParsedFlags; version: '1.0' | '0.11' },
): Promise<number> {
  const { flags, version } = what;
  const setting = (name: string, fallback: string): string =>
    flags.value(name) ?? context.environment[`FLEETCTL_${name.toUpperCase().replaceAll('-', '_')}`] ?? fallback;
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
    const { far, close } = await throughTunnel(context, route);
    const endpoint = setting('endpoint', 'unix:///var/run/fleet.sock');
    const client = new FleetClient(far, { driver: setting('driver', 'API'), endpoint, version });
    return await runWith({ context, client, version, args: what.args, flags, route }, run).finally(close);
  } catch (error) {
    if (!(error instanceof GoSshError)) {
      throw error;
    }
    context.stderr(`Unable to initialize client: failed initializing SSH client: ${error.message}\n`);
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
