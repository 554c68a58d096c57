import type { Duplex } from 'node:stream';
import type {
  Account,
  Droplet,
  DropletAction,
  DropletActionType,
  DropletRequest,
  Firewall,
  FirewallSpec,
  Image,
  ImageRef,
  Region,
  Size,
  SshKey,
} from './model/cloud';
import type { ActiveFault, Fault } from './model/fault';
import type { DesiredState, FleetMachine, Unit, UnitInstance, UnitOption } from './model/units';

/** What core asks of the world. Adapters implement these; nothing here knows vscode, ssh2 or HTTP. */

export interface Disposable {
  dispose(): void;
}

/** The provider's time: real for DigitalOcean, scaled by the practice cloud's announced speed. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason when aborted; the timer is cleared. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A deadline for one call over a real wire: `ms` of provider time, but never less than four real seconds. */
  deadline(ms: number, signal?: AbortSignal): Deadline;
}

export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** True when it was the deadline, and not the caller's signal, that aborted. */
  readonly hasPassed: boolean;
}

/** Log lines pass the redactor before they reach anything that keeps them. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, error?: unknown): void;
}

/** VS Code's SecretStorage, or a map in tests. Keys are made by `secretKeys.ts` only. */
export interface SecretStore {
  get(key: string): Promise<string | undefined>;
  store(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

/**
 * DigitalOcean's API v2. Every call rejects with a ClusterError: tokenMissing, tokenRejected, tokenForbidden, rateLimited,
 * cloudRefused (4xx with the API's own words), cloudUnavailable, badReply, or, for a POST whose reply was lost,
 * outcomeUnknown. Reads are retried; a POST only when the rate limit refused it. `get…` gives undefined for 404; `delete…` takes 404 as done.
 */
export interface CloudApi {
  getAccount(signal?: AbortSignal): Promise<Account>;
  /** How many droplets the account has, of any cluster and in any state. */
  countDroplets(signal?: AbortSignal): Promise<number>;
  listRegions(signal?: AbortSignal): Promise<Region[]>;
  listSizes(signal?: AbortSignal): Promise<Size[]>;
  getImage(ref: ImageRef, signal?: AbortSignal): Promise<Image | undefined>;

  listSshKeys(signal?: AbortSignal): Promise<readonly SshKey[]>;
  getSshKey(fingerprint: string, signal?: AbortSignal): Promise<SshKey | undefined>;
  createSshKey(name: string, publicKey: string, signal?: AbortSignal): Promise<SshKey>;
  deleteSshKey(id: number, signal?: AbortSignal): Promise<void>;

  /** All names, so that clusters are found of which this computer knows nothing. */
  listTags(signal?: AbortSignal): Promise<string[]>;
  hasTag(name: string, signal?: AbortSignal): Promise<boolean>;
  createTag(name: string, signal?: AbortSignal): Promise<void>;
  deleteTag(name: string, signal?: AbortSignal): Promise<void>;

  listFirewalls(signal?: AbortSignal): Promise<Firewall[]>;
  getFirewall(id: string, signal?: AbortSignal): Promise<Firewall | undefined>;
  createFirewall(spec: FirewallSpec, signal?: AbortSignal): Promise<Firewall>;
  updateFirewall(id: string, spec: FirewallSpec, signal?: AbortSignal): Promise<Firewall>;
  deleteFirewall(id: string, signal?: AbortSignal): Promise<void>;

  /** All pages. An empty tag is refused: it would mean every droplet of the account. */
  listDropletsByTag(tag: string, signal?: AbortSignal): Promise<Droplet[]>;
  listDropletsByName(name: string, signal?: AbortSignal): Promise<Droplet[]>;
  getDroplet(id: number, signal?: AbortSignal): Promise<Droplet | undefined>;
  createDroplets(request: DropletRequest, signal?: AbortSignal): Promise<Droplet[]>;
  deleteDroplet(id: number, signal?: AbortSignal): Promise<void>;
  actOnDroplet(id: number, type: DropletActionType, signal?: AbortSignal): Promise<DropletAction>;
  getAction(id: number, signal?: AbortSignal): Promise<DropletAction | undefined>;
}

/** Breaking on purpose; only the practice cloud can. */
export interface FaultApi {
  list(signal?: AbortSignal): Promise<ActiveFault[]>;
  add(fault: Fault, signal?: AbortSignal): Promise<ActiveFault>;
  /** All of them without an id; one that is gone already is removed. */
  remove(id?: string, signal?: AbortSignal): Promise<void>;
}

/** The service that hands out discovery URLs (etcd's discovery protocol v2). Rejects with discoveryFailed. */
export interface DiscoveryApi {
  create(size: number, signal?: AbortSignal): Promise<string>;
  /** The size stored for the URL, read back. */
  readSize(url: string, signal?: AbortSignal): Promise<number>;
  /** Names of the members that have registered so far. */
  listMembers(url: string, signal?: AbortSignal): Promise<string[]>;
  /** Rejects when the service does not answer; makes no URL. */
  check?(signal?: AbortSignal): Promise<void>;
}

/** Opens a byte stream to a droplet's public address and port: the only place where practice and real part ways. */
export interface Dialer {
  connect(address: string, port: number, signal: AbortSignal): Promise<Duplex>;
}

/** Where and how to log in to a node. Keys are OpenSSH public key lines without comment: `ssh-ed25519 AAAA…`. */
export interface NodeEndpoint {
  readonly clusterId: string;
  readonly name: string;
  readonly address: string;
  /** Never empty: a node whose host key is unknown is not contacted. */
  readonly trustedHostKeys: readonly string[];
  /** PEM. */
  readonly privateKey: string;
  readonly passphrase?: string;
}

export interface ExecOptions {
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  /** Provider milliseconds until the command is given up; the default is 30 000. `Infinity` for one that follows. */
  readonly timeoutMs?: number;
  readonly onStdout?: (text: string) => void;
}

export interface ExecResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HttpRequest {
  /** A unix socket's path or a TCP port on the node's own loopback. */
  readonly target: { readonly socketPath: string } | { readonly port: number };
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: { readonly contentType: string; readonly text: string };
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ShellChannel extends Disposable {
  write(text: string): void;
  resize(columns: number, rows: number): void;
  onData(listener: (text: string) => void): void;
  /** Once: exit code, or undefined when the connection was lost. */
  onExit(listener: (exitCode: number | undefined, reason?: string) => void): void;
}

/** One verified SSH connection with many channels (at most 8 at a time; OpenSSH allows 10 a connection). */
export interface NodeConnection extends Disposable {
  readonly endpoint: NodeEndpoint;
  /** The host key the node showed, as an OpenSSH public key line. */
  readonly hostKey: string;
  readonly isOpen: boolean;
  /** Each argument is quoted by the adapter; nothing is ever joined into a shell string by a caller. */
  exec(command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  request(request: HttpRequest): Promise<HttpReply>;
  openShell(size: { columns: number; rows: number }): Promise<ShellChannel>;
  onClose(listener: () => void): Disposable;
}

/** Rejects with sshUnreachable, sshAuthFailed, hostKeyChanged or sshClosed. Connections are shared and kept by node. */
export interface NodeGateway extends Disposable {
  connect(endpoint: NodeEndpoint, signal?: AbortSignal): Promise<NodeConnection>;
  /** Drops the kept connection of a node, if any: after a power-off, a reboot or a changed key. */
  forget(clusterId: string, nodeName: string): void;
}

/** fleet's HTTP API through one node. Rejects with fleetUnavailable. */
export interface FleetApi {
  listMachines(node: NodeConnection, signal?: AbortSignal): Promise<FleetMachine[]>;
  listUnits(node: NodeConnection, signal?: AbortSignal): Promise<Unit[]>;
  listInstances(node: NodeConnection, signal?: AbortSignal): Promise<UnitInstance[]>;
  getUnit(node: NodeConnection, name: string, signal?: AbortSignal): Promise<Unit | undefined>;
  /** `options` only for a unit that does not exist yet; a name or state that fleet would choke on is refused here. */
  putUnit(
    node: NodeConnection,
    unit: { name: string; desiredState: DesiredState; options?: readonly UnitOption[] },
    signal?: AbortSignal,
  ): Promise<void>;
  deleteUnit(node: NodeConnection, name: string, signal?: AbortSignal): Promise<void>;
}

export interface EtcdMember {
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
}

/** etcd's v2 API through one node. Rejects with etcdUnavailable. */
export interface EtcdApi {
  /** False also means "no quorum": a member without leader answers 503. */
  isHealthy(node: NodeConnection, signal?: AbortSignal): Promise<boolean>;
  /** Lists configured members, dead ones included. */
  listMembers(node: NodeConnection, signal?: AbortSignal): Promise<EtcdMember[]>;
  getSelf(node: NodeConnection, signal?: AbortSignal): Promise<{ id: string; name: string; isLeader: boolean }>;
  getKey(node: NodeConnection, key: string, signal?: AbortSignal): Promise<string | undefined>;
  setKey(node: NodeConnection, key: string, value: string, signal?: AbortSignal): Promise<void>;
}

/** Everything that belongs to one provider account, opened once and shared. */
export interface Provider {
  readonly clock: Clock;
  /** Also how a step looks at a node from outside: which ports answer the Internet. */
  readonly dialer: Dialer;
  readonly cloud: CloudApi;
  readonly discovery: DiscoveryApi;
  readonly nodes: NodeGateway;
  readonly fleet: FleetApi;
  readonly etcd: EtcdApi;
  readonly faults?: FaultApi;
}
