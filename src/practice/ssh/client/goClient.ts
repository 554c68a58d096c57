import type { ClientChannel, ConnectConfig } from 'ssh2';
import { insideOf } from '../../host/inside';
import type { ProgramContext } from '../../programs/program';
import { DeferredStream } from '../deferredStream';
import { agentAt, identitiesOf, type Agent } from './agents';
import { HandshakeError, openConnection, type ConnectionSettings, type SshConnection } from './connection';
import { dial } from './dial';
import { authenticityQuestion, changedWarning, permanentlyAdded } from './hostKeyWords';
import { hostPattern, kindOf, KnownHosts, md5Of, typeOf } from './knownHosts';
import { Patience, PatientAgent } from './patience';
import { attend } from './session';

/**
 * The SSH client inside fleetctl and deisctl: golang.org/x/crypto/ssh of 2015 (common.go has these lists) and fleet's own package
 * around it (coreos/fleet, ssh/ssh.go and ssh/known_hosts.go). Keys come from an agent only; RSA keys sign by SHA-1.
 */
const ALGORITHMS = {
  kex: [
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha1',
  ],
  serverHostKey: ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'],
  cipher: ['aes128-ctr', 'aes192-ctr', 'aes256-ctr', 'aes128-gcm@openssh.com'],
  hmac: ['hmac-sha1'],
  compress: ['none'],
} as const satisfies ConnectConfig['algorithms'];

const NO_AGENT =
  'SSH_AUTH_SOCK environment variable is not set. Verify ssh-agent is running. See https://github.com/coreos/fleet/blob/master/Documentation/using-the-client.md for help.';

export interface GoSettings {
  readonly user: string;
  readonly timeoutMs: number;
  /** Undefined: host keys are not looked at. */
  readonly knownHosts: string | undefined;
  /** Whether a command on the far side may ask the agent. */
  readonly bringsAgent?: boolean;
}

/** Go's words for what went wrong. */
export class GoSshError extends Error {
  override readonly name = 'GoSshError';
}

interface Place {
  readonly address: string;
  readonly port: number;
}

/** A connection to `host[:port]`. @throws GoSshError */
export async function connectGo(context: ProgramContext, target: string, settings: GoSettings): Promise<SshConnection> {
  const agent = agentOf(context);
  return await within(context, settings, (patience) =>
    connectTo(context, placeOf(target), { agent, settings, patience }),
  );
}

/** A connection to one node through another. @throws GoSshError */
export async function connectGoThrough(
  context: ProgramContext,
  { tunnel, target }: { readonly tunnel: string; readonly target: string },
  settings: GoSettings,
): Promise<SshConnection> {
  const agent = agentOf(context);
  const outer = await within(context, settings, (patience) =>
    connectTo(context, placeOf(tunnel), { agent, settings, patience }),
  );
  const place = placeOf(target);
  return await within(context, settings, async (patience) => {
    const channel = await outer.openTcp(place.address, place.port).catch((error: unknown) => {
      throw new GoSshError(`ssh: rejected: connect failed (${error instanceof Error ? error.message : ''})`);
    });
    channel.once('close', () => outer.end());
    return await shakeHands(context, { place, agent, settings, patience, stream: new DeferredStream(channel) });
  });
}

/** Runs a command with this program's streams; its exit code. */
export async function runGo(context: ProgramContext, connection: SshConnection, command: string): Promise<number> {
  const terminal = context.isTerminal ? context.session?.terminal : undefined;
  try {
    const channel: ClientChannel = await connection.exec(command, { terminal });
    const { code } = await attend(context, channel, terminal);
    return code ?? 255;
  } finally {
    connection.end();
  }
}

function agentOf(context: ProgramContext): Agent {
  const socket = context.environment['SSH_AUTH_SOCK'] ?? '';
  if (socket === '') {
    throw new GoSshError(NO_AGENT);
  }
  const agent = agentAt(context.host, socket);
  if (agent === undefined) {
    throw new GoSshError(`dial unix ${socket}: connect: no such file or directory`);
  }
  return agent;
}

function placeOf(target: string): Place {
  const [address = '', port] = target.split(':');
  return { address, port: port === undefined ? 22 : Number(port) };
}

/** What a handshake inside the process takes at most, in turns of the event loop. */
const TURNS = 500;

/**
 * `--ssh-timeout`, in virtual time. On a busy machine that passes while packets are on their way inside the process: whoever has
 * begun to speak is heard out.
 */
async function within<T>(
  context: ProgramContext,
  { timeoutMs }: GoSettings,
  work: (patience: Patience) => Promise<T>,
): Promise<T> {
  return await new Promise((resolve, reject) => {
    const late = (turnsLeft: number): void => {
      if (turnsLeft > 0) setImmediate(late, turnsLeft - 1);
      else reject(new GoSshError('timed out while initiating SSH connection'));
    };
    const patience = new Patience(context.timeline, timeoutMs, () => late(TURNS));
    work(patience)
      .then(resolve, reject)
      .finally(() => patience.end());
  });
}

interface Means {
  readonly agent: Agent;
  readonly settings: GoSettings;
  readonly patience: Patience;
}

async function connectTo(context: ProgramContext, place: Place, means: Means): Promise<SshConnection> {
  const { address, port } = place;
  const { kernel } = insideOf(context.host);
  const stream = await dial(context.host, kernel, { address, port, signal: context.signal });
  if (typeof stream === 'string') {
    throw new GoSshError(dialProblem(place, stream));
  }
  return await shakeHands(context, { ...means, place, stream });
}

/** net.Dial's words. */
function dialProblem({ address, port }: Place, reason: string): string {
  switch (reason) {
    case 'Name or service not known':
      return `dial tcp: lookup ${address}: no such host`;
    case 'Connection timed out':
      return `dial tcp ${address}:${port}: i/o timeout`;
    default:
      return `dial tcp ${address}:${port}: connect: ${reason.toLowerCase()}`;
  }
}

type Shaking = Means & { readonly place: Place; readonly stream: Parameters<typeof openConnection>[0] };

async function shakeHands(context: ProgramContext, shaking: Shaking): Promise<SshConnection> {
  const { place, settings, patience, stream } = shaking;
  const agent = new PatientAgent(shaking.agent, patience);
  const known = settings.knownHosts === undefined ? undefined : new KnownHosts(context, settings.knownHosts);
  const pattern = hostPattern(place.address, place.port);
  const kinds = (await known?.keysOf(pattern))?.map(({ type }) => type).filter(isOffered) ?? [];
  const wanted: ConnectionSettings = {
    ...{ user: settings.user, ident: 'Go', keys: [], bringsAgent: settings.bringsAgent === true, isOld: true },
    agent: (await identitiesOf(agent)).length === 0 ? undefined : agent,
    algorithms: { ...ALGORITHMS, serverHostKey: kinds.length === 0 ? [...ALGORITHMS.serverHostKey] : kinds },
    checkHostKey: async (blob) =>
      known === undefined ? undefined : await check(context, { known, pattern, blob, patience }),
  };
  try {
    return await openConnection(stream, wanted, context.timeline);
  } catch (error) {
    throw new GoSshError(`ssh: handshake failed: ${handshakeProblem(context, error)}`);
  }
}

const OFFERED = new Set<string>([...ALGORITHMS.serverHostKey, 'ssh-ed25519']);
type HostKeyKind = (typeof ALGORITHMS.serverHostKey)[number] | 'ssh-ed25519';
const isOffered = (type: string): type is HostKeyKind => OFFERED.has(type);

function handshakeProblem(context: ProgramContext, error: unknown): string {
  if (error instanceof HandshakeError && error.kind === 'authentication') {
    // Go keeps the tried methods in a map and lists them in its random order.
    const { random } = insideOf(context.host).kernel;
    const tried = random.integer(0, 1) === 0 ? 'none publickey' : 'publickey none';
    return `ssh: unable to authenticate, attempted methods [${tried}], no supported methods remain`;
  }
  return error instanceof Error ? error.message : String(error);
}

interface Checking {
  readonly known: KnownHosts;
  readonly pattern: string;
  readonly blob: Buffer;
  readonly patience: Patience;
}

/** fleet's HostKeyChecker: undefined when the key will do. */
async function check(
  context: ProgramContext,
  { known, pattern, blob, patience }: Checking,
): Promise<string | undefined> {
  const keys = await known.keysOf(pattern);
  const kind = kindOf(typeOf(blob));
  if (keys.some((key) => key.blob.equals(blob))) {
    return undefined;
  }
  if (keys.length > 0) {
    context.stderr(`${changedWarning(kind, md5Of(blob), known.path)}Host key verification failed.\n`);
    return 'host key mismatch';
  }
  context.stderr(authenticityQuestion(pattern, kind, md5Of(blob)));
  const said = context.session === undefined ? undefined : await patience.during(context.session.readLine());
  const answer = said?.trim().toLowerCase();
  if (answer !== 'yes' && answer !== 'y') {
    context.stderr('Host key verification failed.\n');
    return 'unauthorized host';
  }
  await known.add(pattern, blob);
  context.stderr(permanentlyAdded(pattern, kind));
  return undefined;
}
