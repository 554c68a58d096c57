import { parseFlags, type FlagTable, type ParsedFlags } from './flags';
import type { EtcdClient, Program, ProgramContext } from '../../kernel';
import { EtcdError } from '../errors';
import { ETCD_VERSION } from '../http/serve';
import { connect, DEFAULT_ENDPOINTS, findEndpoint } from './endpoint';
import { HELP } from './help';
import { keyCommands } from './keys';
import { clusterHealth, memberCommands } from './members';

/** One run of etcdctl: what its commands need of the world. */
export interface EtcdctlCall {
  readonly context: ProgramContext;
  readonly args: readonly string[];
  readonly flags: ParsedFlags;
  readonly stdin: string;
  readonly format: string;
  readonly signal: AbortSignal;
  index(): number;
  out(line: string): void;
  err(line: string): void;
}

const FLAGS: FlagTable = {
  values: {
    ...{ endpoint: 'endpoint', endpoints: 'endpoint', peers: 'endpoint', C: 'endpoint', output: 'output', o: 'output' },
    ...{ timeout: 'timeout', 'total-timeout': 'total-timeout', ttl: 'ttl', 'after-index': 'after-index' },
    ...{
      'swap-with-value': 'swap-with-value',
      'swap-with-index': 'swap-with-index',
      username: 'username',
      u: 'username',
    },
    ...{ 'with-value': 'with-value', 'with-index': 'with-index', 'cert-file': 'cert-file', 'key-file': 'key-file' },
    ...{ 'ca-file': 'ca-file', 'discovery-srv': 'discovery-srv', D: 'discovery-srv' },
  },
  switches: {
    ...{ recursive: 'recursive', r: 'recursive', sort: 'sort', s: 'sort', quorum: 'quorum', q: 'quorum', p: 'p' },
    ...{ dir: 'dir', 'in-order': 'in-order', forever: 'forever', f: 'forever', debug: 'debug', 'no-sync': 'no-sync' },
    ...{ version: 'version', v: 'version', help: 'help', h: 'help' },
  },
};

/** etcdctl answers within its `--total-timeout`, 5 s. */
const TOTAL_TIMEOUT_MS = 5_000;
/** Exit code of everything that etcd itself refused or could not do. */
const SERVER_ERROR = 4;

/** etcdctl of etcd 3.4 with ETCDCTL_API=2; texts and exit codes as in the recorded traces, etcd/. */
export const etcdctl: Program = {
  name: 'etcdctl',
  directory: '/usr/bin',
  run: async (context) => {
    const flags = parseFlags(context.args, FLAGS);
    const [command = '', ...args] = flags.positional;
    const out = (line: string): void => context.stdout(`${line}\n`);
    if (flags.isSet('version') || command === 'version') {
      out(`etcdctl version: ${ETCD_VERSION}\nAPI version: 2`);
      return 0;
    }
    if (command === '' || command === 'help' || flags.isSet('help')) {
      context.stdout(HELP);
      return 0;
    }
    return await runCommand(context, { command, args, flags });
  },
};

async function runCommand(
  context: ProgramContext,
  what: { command: string; args: readonly string[]; flags: ParsedFlags },
): Promise<number> {
  const { command, args, flags } = what;
  const endpoints = endpointsOf(context, flags);
  const isKnown = command in keyCommands || command === 'member' || command === 'cluster-health';
  if (!isKnown) {
    context.stdout(`No help topic for '${command}'\n`);
    return 3;
  }
  const client = await connect(context, endpoints);
  if (typeof client === 'string') {
    context.stderr(`Error:  ${client}\n`);
    return command === 'cluster-health' ? 1 : SERVER_ERROR;
  }
  const isMember = command === 'member';
  const call = callOf(context, { args: isMember ? args.slice(1) : args, flags, client });
  const run = keyCommands[command];
  if (run !== undefined) {
    return await timed(call, run(call, client), command === 'watch');
  }
  const member = endpoints.map((url) => findEndpoint(context, url).member).find((one) => one !== undefined);
  if (member === undefined) {
    return SERVER_ERROR;
  }
  const memberCommand = isMember ? memberCommands[args[0] ?? ''] : clusterHealth;
  if (memberCommand === undefined) {
    context.stdout(`No help topic for '${args[0] ?? ''}'\n`);
    return 3;
  }
  return await timed(call, memberCommand(call, member), true);
}

function callOf(
  context: ProgramContext,
  what: { args: readonly string[]; flags: ParsedFlags; client: EtcdClient },
): EtcdctlCall {
  return {
    context,
    args: what.args,
    flags: what.flags,
    stdin: context.stdin,
    format: what.flags.value('output') ?? 'simple',
    signal: context.signal,
    index: () => what.client.index,
    out: (line) => context.stdout(`${line}\n`),
    err: (line) => context.stderr(`${line}\n`),
  };
}

/** Ends with an error when etcd does not answer in time. */
async function timed(call: EtcdctlCall, work: Promise<number>, isPatient: boolean): Promise<number> {
  const { timeline } = call.context;
  try {
    return isPatient
      ? await work
      : await new Promise<number>((resolve, reject) => {
          const cancel = timeline.after(TOTAL_TIMEOUT_MS, () => {
            call.err('Error:  context deadline exceeded');
            resolve(SERVER_ERROR);
          });
          work.then(resolve, reject).finally(cancel);
        });
  } catch (error) {
    if (!(error instanceof EtcdError)) {
      throw error;
    }
    call.err(`Error:  ${error.describe()}`);
    return SERVER_ERROR;
  }
}

function endpointsOf(context: ProgramContext, flags: ParsedFlags): readonly string[] {
  const text =
    flags.value('endpoint') ??
    context.environment['ETCDCTL_ENDPOINTS'] ??
    context.environment['ETCDCTL_ENDPOINT'] ??
    context.environment['ETCDCTL_PEERS'];
  return text === undefined || text === ''
    ? DEFAULT_ENDPOINTS
    : text.split(',').map((url) => (url.includes('://') ? url : `http://${url}`));
}
