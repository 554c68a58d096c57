import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { IFileSystem } from 'just-bash';

/**
 * The seams between the parts of the practice cloud. State is plain data in the state file; whatever is under way is found
 * again from that data when the process starts (`resume`), so a kill at any moment loses nothing that was answered.
 */

/** Stops what it was given for; safe to call twice. */
export type Cancel = () => void;

/** Virtual time: it stands still while the process is off and runs `speed` times faster than ours while it is on. */
export interface Timeline {
  /** Virtual milliseconds since the epoch. */
  now(): number;
  /** `Infinity` for `--speed max`: then time jumps to the next thing that was waited for by `sleep` or `after`. */
  readonly speed: number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  after(ms: number, run: () => void): Cancel;
  /** A heartbeat: runs when its time comes, but never makes time jump. */
  every(ms: number, run: () => void): Cancel;
  /** Time does not jump while held: for work of ours that takes real time, such as a script in the shell. */
  hold(): Cancel;
}

/**
 * Plain JSON on disk, written atomically. Sections are mutated in place; call `changed()` afterwards. Sections of one droplet are
 * called `<part>/<dropletId>`: they go when the droplet is destroyed.
 */
export interface StateFile {
  section<T extends object>(name: string, initial: () => T): T;
  /** With a section's name only that one is written anew, the others as they were last. */
  changed(section?: string): void;
  remove?(section: string): void;
  /** Resolves when everything changed so far is on disk: await it before an API reply that somebody will rely on. */
  saved(): Promise<void>;
  /** Absent where nothing is kept: then all content is in memory. */
  readonly bulk?: BulkStore;
}

/** Long contents of the nodes' files, each in a file of its own that sections name as `"bulk": NAME`; unnamed ones are removed. */
export interface BulkStore {
  create(): BulkFile;
  find(name: string): BulkFile | undefined;
}

export interface BulkFile {
  readonly name: string;
  readonly size: number;
  /** Until `close()` it is there, named or not. */
  open(): void;
  close(): void;
  read(offset: number, length: number): Buffer;
  write(bytes: Uint8Array, offset: number): void;
  truncate(length: number): void;
  copyTo(target: BulkFile, length: number): void;
}

/** Seeded, so that two runs with one seed are alike. */
export interface Random {
  hex(digits: number): string;
  integer(low: number, high: number): number;
  uuid(): string;
}

/** One delay that the practice cloud put in on purpose, in virtual milliseconds. The bench looks for the longest chain of them. */
export interface Delay {
  /** Such as `boot`, `pull`, `action`, `fleet-tick`, `container`. */
  readonly kind: string;
  /** What waited: a droplet's name, `deis-1 deis/router:v1.13.1`. */
  readonly subject: string;
  readonly from: number;
  readonly to: number;
}

export interface Ledger {
  /** Waits on the timeline and writes the wait down: every delay of the model goes through here, so that none is forgotten. */
  delay(kind: string, subject: string, ms: number, signal?: AbortSignal): Promise<void>;
  readonly delays: readonly Delay[];
}

/** How long things take, in virtual milliseconds. `lab`: droplets boot in 3 s and images pull in 2 s, whatever their size. */
export interface Profile {
  readonly name: 'default' | 'lab';
  /** From the create call to `active` and powered on. */
  readonly createMs: number;
  /** From power to a systemd that starts units. */
  readonly bootMs: number;
  /** A power action, from `in-progress` to `completed`. */
  readonly actionMs: number;
  pullMs(image: string, sizeMb: number): number;
  /** A disk's content is copied: to a snapshot or a backup, or back from one. */
  copyMs(gigabytes: number): number;
}

export type Origin = 'internet' | { readonly dropletId: number };

/** Who reaches whom: power, cloud firewall, the node's own iptables and partitions are all in this answer. */
export interface Network {
  /** The droplet that has this public or private address. */
  dropletAt(address: string): number | undefined;
  /** `mute`: no answer at all, as from a machine without power or behind a firewall that drops. */
  probe(from: Origin, toDropletId: number, port: number): 'open' | 'mute' | 'refused';
  /** Private traffic between two nodes on any port the cluster uses (etcd peers, fleet). */
  areConnected(a: number, b: number): boolean;
  onChange(listener: () => void): Cancel;
  /** The node's own iptables; `undefined` takes the rules away. Set by whoever loads them, again after a restart of the process. */
  setPacketFilter?(dropletId: number, filter: PacketFilter | undefined): void;
}

/** What a node's own INPUT rules say to a new TCP connection. `from` is the address the node sees. */
export type PacketFilter = (packet: { readonly from: string; readonly port: number }) => 'accept' | 'drop' | 'reject';

/** The inside of a droplet that runs a CoreOS image. One object per droplet for the life of the droplet. */
export interface Host {
  readonly dropletId: number;
  readonly name: string;
  /** 32 hex digits, /etc/machine-id; made at first boot. */
  readonly machineId: string;
  readonly privateAddress: string;
  readonly publicAddress: string;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly bootId: string;
  /** False from the instant of a power-off until the next boot has brought systemd up. */
  readonly isUp: boolean;
  /** Aborted at power-off, replaced at the next boot: everything that runs on the node hangs on it. */
  readonly power: AbortSignal;
  readonly files: IFileSystem;
  readonly systemd: Systemd;
  readonly journal: Journal;
  readonly resources: Resources;
  /** Something a daemon offers to the rest of the node (the etcd member, fleetd), under the daemon's name, while it runs. */
  daemon<K extends keyof DaemonApis>(name: K): DaemonApis[K] | undefined;
  /** HTTP on the node's own loopback or unix socket; undefined when nothing listens. Ends in the model, never in a socket. */
  listener(target: { port: number } | { socketPath: string }): HttpHandler | undefined;
  listen(target: { port: number } | { socketPath: string }, handler: HttpHandler): Cancel;
  /** TCP ports something listens on now, in order (`ss -ltn`). */
  readonly listeningPorts: readonly number[];
  /** What `ps` and `top` show: the main processes of units and what runs below them. */
  readonly processes: readonly ProcessInfo[];
  /** Virtual time at which the kernel of this boot started (`uptime`). */
  readonly bootedAt: number;
  /** By how much its clock is ahead of true time; absent: it is right. What passes on it (uptime, time-outs) is not concerned. */
  readonly clockOffsetMs?: number;
  /** `reboot`, `poweroff`: the node stops its units and tells the cloud. Returns at once. */
  requestPower(kind: 'reboot' | 'poweroff'): void;
  /** Runs a command line in the node's shell. */
  run(script: string, options?: RunOptions): Promise<RunResult>;
}

/** What the metadata service says of a node's interfaces. */
export interface Addressing {
  readonly public: NodeInterface;
  readonly private: NodeInterface;
}

export interface NodeInterface {
  readonly mac: string;
  readonly v4: NodeAddress;
  readonly v6?: NodeAddress;
}

export interface NodeAddress {
  readonly address: string;
  readonly bits: number;
  readonly gateway: string;
}

/** What a droplet is made of when its host is made; plain data, stored with the droplet. */
export interface HostSpec {
  readonly dropletId: number;
  readonly name: string;
  /** What the image brings; only CoreOS images of before 2018 bring etcd2 and fleet. */
  readonly image: { readonly slug: string | null; readonly distribution: string; readonly hasFleet: boolean };
  readonly memoryMb: number;
  readonly vcpus: number;
  readonly diskGb: number;
  readonly regionSlug: string;
  readonly publicAddress: string;
  readonly privateAddress: string;
  readonly userData: string;
  /** Asked at each boot; absent: as is usual for those addresses. */
  readonly addressing?: () => Addressing;
  /** OpenSSH public key lines; on CoreOS they let in the user `core`. */
  readonly sshPublicKeys: readonly string[];
}

/** What the cloud does to a host. Made by `createHost` (host/host.ts); the cloud keeps droplet status, the host its inside. */
export interface PoweredHost extends Host {
  /** Power on: resolves when systemd is up (the boot delay is in it). Also applies the user data, as at each boot. */
  boot(): Promise<void>;
  /** After a restart of the practice process: goes on where it was, without a boot. Units that were active are active. */
  resume(): void;
  /** The plug is pulled: nothing runs on, nothing is said, sockets freeze. */
  cutPower(): void;
  /** ACPI: systemd stops its units, then the power goes. */
  shutdown(): Promise<void>;
  /** Called by the node itself (`reboot`, `shutdown`): the cloud listens and changes the droplet's status. */
  onPowerRequest(listener: (kind: 'reboot' | 'poweroff') => void): Cancel;
  /** Gone for good: its section of the state file goes too. */
  destroy(): void;
}

/** The services that every part of the practice cloud is given; composed in main.ts. */
export interface Kernel {
  readonly timeline: Timeline;
  readonly state: StateFile;
  readonly random: Random;
  readonly network: Network;
  readonly ledger: Ledger;
  readonly profile: Profile;
  /** HTTP from inside a node: to itself, to other nodes, to the model's own Internet. */
  readonly fetch: ModelFetch;
  readonly fleetVersion: '1.0' | '0.11';
  host(dropletId: number): Host | undefined;
  /** By how much a droplet's own clock is wrong. */
  clockOffsetMs?(dropletId: number): number;
}

export interface HttpHandler {
  (request: IncomingMessage, response: ServerResponse): void;
  /** For a port that speaks no HTTP: what is said to whoever connects; undefined ends the connection. */
  readonly greet?: () => string | undefined;
  /** Takes connections whole, whatever is spoken on them. */
  readonly tunnel?: (stream: Duplex) => void;
  /** Bound to the loopback: nobody outside the node reaches it. */
  readonly isLocal?: boolean;
}

/** What daemons offer. Each part adds its own by declaration merging: `declare module '../kernel' { interface DaemonApis { … } }`. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging in the parts
export interface DaemonApis {}

export interface RunOptions {
  readonly user?: 'core' | 'root';
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface UnitStatus {
  readonly name: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly result: string;
  readonly mainExitStatus: number;
  readonly restarts: number;
  readonly since: number;
}

/** systemd on one node: unit files from the image, from user data, from fleet (`/run/fleet/units`) and transient ones. */
export interface Systemd {
  /** Adds or replaces a unit file (runtime ones go with the power). Does not start it. */
  load(name: string, text: string, options: { isRuntime: boolean }): void;
  /** Forgets a unit that is not running. */
  unload(name: string): void;
  /** Resolves when the job is finished, as `systemctl start` does: active, or failed. Never rejects. */
  start(name: string): Promise<UnitStatus>;
  stop(name: string): Promise<UnitStatus>;
  restart(name: string): Promise<UnitStatus>;
  status(name: string): UnitStatus;
  /** The unit's text, drop-ins appended; undefined when not loaded. */
  text(name: string): string | undefined;
  list(): readonly UnitStatus[];
  onChange(listener: (status: UnitStatus) => void): Cancel;
}

export interface JournalEntry {
  readonly at: number;
  readonly unit: string;
  /** SYSLOG_IDENTIFIER: `systemd`, `etcd2`, `kernel`… */
  readonly identifier: string;
  readonly pid: number;
  readonly text: string;
}

export interface Journal {
  append(unit: string, identifier: string, text: string): void;
  read(filter?: { unit?: string; lines?: number; sinceMs?: number }): readonly JournalEntry[];
  follow(filter: { unit?: string }, listener: (entry: JournalEntry) => void): Cancel;
}

/** Memory, swap and disk, as the kernel sees them. Numbers in MB. */
export interface Resources {
  readonly memoryUsedMb: number;
  readonly swapTotalMb: number;
  readonly swapUsedMb: number;
  readonly diskUsedMb: number;
  /** Claims memory for a process until released; may wake the OOM killer, which calls `kill` of its victim. */
  claimMemory(owner: string, mb: number, kill: () => void): Cancel;
  readonly memoryTotalMb: number;
  readonly diskTotalMb: number;
  /** Active swap areas in the order in which they were turned on. */
  readonly swaps: readonly { readonly path: string; readonly sizeMb: number; readonly usedMb: number }[];
  /** `swapon`: the caller has checked file, mode and signature. */
  addSwap(path: string, mb: number): void;
  /** `swapoff`: false when it was not on, or when what is swapped out does not fit into memory. */
  removeSwap(path: string): boolean;
  /** A file of that size without content (`fallocate`, `dd if=/dev/zero`); false when the disk is full. */
  allocate(path: string, bytes: number): boolean;
  /** `mkswap` puts its signature on a file; `hasSwapSignature` is what `swapon` looks for. */
  formatSwap(path: string): void;
  hasSwapSignature(path: string): boolean;
  /** Disk space of something that is no file here (an image, a Ceph journal) until released; undefined when the disk is full. */
  claimDisk(owner: string, mb: number): Cancel | undefined;
  /** From 0 (at ease) to 1 (thrashing): how much of the working set is not in memory. Daemons answer late as it grows. */
  readonly pressure: number;
  /** 1, 5 and 15 minutes. */
  readonly loadAverage: readonly [number, number, number];
}

export interface ProcessInfo {
  readonly pid: number;
  readonly parentPid: number;
  readonly user: string;
  /** The name of the program, as in COMM. */
  readonly name: string;
  /** The whole command line. */
  readonly command: string;
  readonly memoryMb: number;
  readonly startedAt: number;
  /** The unit in whose cgroup it is; empty for kernel threads and sessions. */
  readonly unit: string;
}

/** A native service of the image: what its unit's main process does, in the model. */
export interface Daemon {
  /** Resolves with the exit code when it ends by itself; rejects never. `ready` = Type=notify has been satisfied. */
  readonly exited: Promise<number>;
  readonly ready: Promise<void>;
  stop(): void;
  /** What `host.daemon(name)` answers while this runs. */
  readonly apis?: Partial<DaemonApis>;
}

/** `environment` is the unit's (ETCD_DISCOVERY, FLEET_PUBLIC_IP…), drop-ins and EnvironmentFile applied; `args` stand behind ExecStart. */
export type DaemonFactory = (
  host: Host,
  environment: Readonly<Record<string, string>>,
  args?: readonly string[],
) => Daemon;

/** A request into the model's own HTTP servers, as `curl` inside a node makes it. Rejects like a refused or mute connection. */
export type ModelFetch = (
  from: Host,
  request: {
    url: string;
    socketPath?: string;
    method: string;
    headers: Readonly<Record<string, string>>;
    body?: string;
    signal?: AbortSignal;
  },
) => Promise<{ status: number; headers: Readonly<Record<string, string>>; body: string }>;
