import { routeOf, type Route } from '../../fleet/cli/remote';
import { Registry } from '../../fleet/registry';
import type { ProgramContext } from '../../programs/program';
import { DEISCTL_PATH } from '../installer';
import { DeisctlError, type DeisctlCall } from './call';
import { STRICT, type CommandLine } from './commandLine';
import { PatientClient } from './patientClient';

/** The platform's parts speak to etcd's old port (Deis, contrib/coreos/user-data.example listens on both). */
const DEFAULT_ENDPOINT = 'http://127.0.0.1:4001';
const DEFAULT_PREFIX = '/_coreos.com/fleet/';
const DEFAULT_TIMEOUT_S = 10;

/** Host keys are looked at only when that is asked for, whatever the help says (the recorded traces, tunnel/deisctl-changed-host-key). */
export function tunnelOf(context: ProgramContext, { flags, command, asksForHelp }: CommandLine): Route {
  const given = flags.value('tunnel') ?? '';
  const tunnel = given === '' ? (context.environment['DEISCTL_TUNNEL'] ?? '') : given;
  return routeOf({
    tunnel: asksForHelp || command === 'refresh-units' ? '' : tunnel,
    user: 'core',
    timeout: flags.value('ssh-timeout'),
    knownHosts: flags.isSet(STRICT) ? (flags.value('known-hosts-file') ?? '~/.ssh/known_hosts') : undefined,
  });
}

/** What the commands need, out of the options. @throws DeisctlError */
export async function callOf(
  context: ProgramContext,
  { flags }: CommandLine,
  { far, route }: { far: ProgramContext; route: Route },
): Promise<DeisctlCall> {
  for (const option of ['etcd-certfile', 'etcd-keyfile', 'etcd-cafile']) {
    await checkFile(context, flags.value(option) ?? '');
  }
  const endpoint = flags.value('endpoint') ?? DEFAULT_ENDPOINT;
  checkEndpoint(endpoint);
  const timeoutMs = (Number(flags.value('request-timeout')) || DEFAULT_TIMEOUT_S) * 1_000;
  const prefix = (flags.value('etcd-key-prefix') ?? DEFAULT_PREFIX).replace(/\/+$/, '');
  const client = new PatientClient({ context, far, endpoint, prefix, timeoutMs });
  return {
    ...{ context, far, route, endpoint, args: [], flags, registry: new Registry(client) },
    version: await installedVersion(context),
    reachable: (part) => client.reachable(part),
    out: (text) => context.stdout(text),
    err: (text) => context.stderr(text),
  };
}

async function checkFile({ host, workingDirectory }: ProgramContext, path: string): Promise<void> {
  if (path !== '' && !(await host.files.exists(host.files.resolvePath(workingDirectory, path)))) {
    throw new DeisctlError(`open ${path}: no such file or directory`);
  }
}

/** What fleet's client takes for an address of etcd (coreos/fleet 0.9, etcd/client.go). @throws DeisctlError */
function checkEndpoint(endpoint: string): void {
  const at = endpoint.indexOf('://');
  const scheme = endpoint.slice(0, Math.max(0, at));
  const [, ...path] = endpoint.slice(at < 0 ? 0 : at + 3).split('/');
  if (at < 0 && /^[^/]*:/.test(endpoint)) {
    throw new DeisctlError(`parse ${JSON.stringify(endpoint)}: first path segment in URL cannot contain colon`);
  }
  if (scheme !== 'http' && scheme !== 'https') {
    throw new DeisctlError(`unable to use endpoint scheme ${scheme}, http/https only`);
  }
  if (path.join('/') !== '') {
    throw new DeisctlError(`unable to use endpoint with non-root path: ${endpoint}`);
  }
}

/** The installed file says which version it is. */
export async function installedVersion(context: ProgramContext): Promise<string> {
  const { files } = context.host;
  const text = (await files.exists(DEISCTL_PATH)) ? await files.readFile(DEISCTL_PATH) : '';
  return /version=v?(\S+)/.exec(text)?.[1] ?? '1.13.4';
}
