import type { Cancel, Host, HttpHandler } from '../kernel';
import type { EtcdClient } from './api';
import { bootstrap, type Bootstrap } from './bootstrap';
import { MemberClient, ProxyClient } from './client';
import { DataDirectories, logFile, type Found } from './dataDirectory';
import { ETCD_VERSION, serveEtcd } from './http/serve';
import { Member } from './member';
import { forceNewCluster, type MemberState } from './memberState';
import type { EtcdSettings } from './settings';
import { handOverWhenLate } from './thrashing';
import type { EtcdWorld } from './world';

/** etcd looks twice a second for keys whose time has come (etcd 2.3, `SyncTicker`). */
const SYNC_MS = 500;

/** What etcd2 offers to the rest of its node. */
export interface EtcdApi {
  readonly client: EtcdClient;
  readonly isProxy: boolean;
  /** The member that answers here: this node's own, or the one a proxy asks. Undefined when no member can be heard. */
  member(): Member | undefined;
  readonly world: EtcdWorld;
}

declare module '../kernel' {
  interface DaemonApis {
    etcd: EtcdApi;
  }
}

/** One run of etcd2 on one node. */
export class EtcdServer {
  readonly exited: Promise<number>;
  readonly ready: Promise<void>;
  #api: EtcdApi | undefined;
  #exit: (code: number) => void = () => undefined;
  #becomeReady: () => void = () => undefined;
  readonly #stopping = new AbortController();
  readonly #owned: Cancel[] = [];
  readonly #directories: DataDirectories;

  constructor(
    private readonly world: EtcdWorld,
    private readonly host: Host,
    private readonly settings: EtcdSettings,
    private readonly log: (text: string) => void,
  ) {
    this.#directories = new DataDirectories(world.kernel, host);
    this.exited = new Promise((resolve) => (this.#exit = resolve));
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve));
    const stop = (): void => this.stop();
    host.power.addEventListener('abort', stop, { once: true });
    this.#owned.push(() => host.power.removeEventListener('abort', stop));
    this.#run().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) {
        this.#fail(String(error));
      }
    });
  }

  /** Undefined until this node knows its cluster: before that nothing listens. */
  get api(): EtcdApi | undefined {
    return this.#api;
  }

  stop(): void {
    this.#directories.wait(undefined);
    this.#stopping.abort();
    for (const cancel of this.#owned.splice(0).reverse()) {
      cancel();
    }
    this.#api = undefined;
    this.#exit(0);
  }

  async #run(): Promise<void> {
    const { dataDir, discovery } = this.settings;
    const resumed = this.#directories.lastAt(dataDir);
    if (resumed !== undefined && this.world.isResumed(this.host, resumed)) {
      await this.#startMember(resumed);
      return;
    }
    this.log(`etcdmain: etcd Version: ${ETCD_VERSION}`);
    const found = await this.#directories.open(dataDir);
    const isKnown = found.member !== undefined || found.proxy !== undefined;
    if (isKnown && discovery !== undefined) {
      this.log(
        `etcdserver: discovery token ignored since a cluster has already been initialized. Valid log found at "${dataDir}/member/wal"`,
      );
    }
    const { member, proxy } = isKnown ? found : await this.#found();
    if (this.#stopping.signal.aborted) {
      return;
    }
    if (member !== undefined) {
      await this.#startMember(member);
    } else if (proxy !== undefined) {
      this.#startProxy(proxy);
    }
  }

  /** Without data: what the settings make of this node, and its data directory with it. */
  async #found(): Promise<Found> {
    const started = await this.#bootstrap();
    if (started.kind === 'exit') {
      this.#directories.wait(undefined);
      this.#fail(started.reason);
      return {};
    }
    if (this.#stopping.signal.aborted) {
      this.#fail('stopped');
      return {};
    }
    const kept = await this.#keep(started);
    this.#directories.wait(undefined);
    return kept;
  }

  async #keep(started: Exclude<Bootstrap, { kind: 'exit' }>): Promise<Found> {
    const { dataDir } = this.settings;
    if (started.kind === 'proxy') {
      await this.#directories.writeProxy(dataDir, started.peerUrls);
      return { proxy: started.peerUrls };
    }
    await this.#directories.writeMember(dataDir, started.state);
    return { member: started.state };
  }

  async #bootstrap(): Promise<Bootstrap> {
    const { world, host } = this;
    return await bootstrap({
      kernel: world.kernel,
      host,
      world,
      settings: this.settings,
      signal: this.#stopping.signal,
      log: this.log,
      hasBegun: this.world.isStillWaiting(host, this.#directories.waitsSince),
      begins: () => this.#directories.wait(host.bootId),
    });
  }

  async #startMember(state: MemberState): Promise<void> {
    const isResumed = this.world.isResumed(this.host, state);
    const taken = this.settings.listenPorts.find((port) => this.host.listener({ port }) !== undefined);
    if (taken !== undefined && !isResumed) {
      this.#fail(`etcdmain: listen tcp 0.0.0.0:${taken}: bind: address already in use`);
      return;
    }
    if (this.settings.isForced && !isResumed) {
      this.#force(state);
    }
    const member = new Member(this.world, this.host, state, {
      log: (text) => this.log(text),
      saves: () => this.#saves(),
      removed: () => this.#removed(),
    });
    if (this.#isRemovedMeanwhile(state)) {
      this.#removed();
      return;
    }
    this.#owned.push(() => member.stop());
    let saved = state.commit;
    const sync = (): void => {
      member.expireKeys();
      handOverWhenLate(member, (text) => this.log(text));
      const isNew = state.commit !== saved;
      saved = state.commit;
      if (isNew) this.#saves();
    };
    this.#owned.push(this.world.kernel.timeline.every(SYNC_MS, sync));
    this.#serve({ client: new MemberClient(member), isProxy: false, member: () => member, world: this.world });
    this.world.add(member);
    if (!isResumed) {
      await this.#publish(member);
    }
    this.#becomeReady();
  }

  #force(state: MemberState): void {
    const { memberId: id, clusterId, commit } = state;
    this.log(`etcdserver: forcing restart of member ${id} in cluster ${clusterId} at commit index ${commit}`);
    for (const gone of forceNewCluster(state)) {
      this.log(`etcdserver/membership: removed member ${gone} from cluster ${clusterId}`);
    }
  }

  /** Tells the others its name and where clients find it; etcd is ready for systemd when that is committed. */
  async #publish(member: Member): Promise<void> {
    const { name, peerUrls, clientUrls } = this.settings;
    const info = { id: member.id, name, peerUrls: member.state.members[member.id]?.peerUrls ?? peerUrls, clientUrls };
    if (JSON.stringify(member.state.members[member.id]) === JSON.stringify(info) && member.hasQuorum) {
      return;
    }
    while (!this.#stopping.signal.aborted) {
      try {
        await member.propose({ kind: 'publish', member: info });
        const urls = `{Name:${name} ClientURLs:[${clientUrls.join(' ')}]}`;
        this.log(`etcdserver: published ${urls} to cluster ${member.state.clusterId}`);
        return;
      } catch {
        this.log('etcdserver: publish error: etcdserver: request timed out');
        await this.#quorum(member);
      }
    }
  }

  /** Waits for a leader without making time race: without a quorum this lasts as long as it lasts. */
  async #quorum(member: Member): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.world.kernel.timeline.every(SYNC_MS, () => {
        if (member.hasQuorum || this.#stopping.signal.aborted) {
          cancel();
          resolve();
        }
      });
      this.#owned.push(cancel);
    });
  }

  #startProxy(peerUrls: readonly string[]): void {
    const { host, world } = this;
    const find = (): Member | undefined =>
      peerUrls.map((url) => world.memberAt(host.dropletId, url)).find((member) => member !== undefined);
    const client = new ProxyClient(find);
    this.log(`proxy: listening for client requests on ${this.settings.listenPorts.join(', ')}`);
    this.#owned.push(world.kernel.network.onChange(() => client.moved()));
    this.#serve({ client, isProxy: true, member: find, world });
    this.#becomeReady();
  }

  #serve(api: EtcdApi): void {
    this.#api = api;
    const handler = serveEtcd(api, this.world.kernel);
    for (const port of this.settings.listenPorts) {
      const isLocal = this.settings.localPorts.includes(port);
      const own: HttpHandler = (request, response) => handler(request, response);
      this.#owned.push(this.host.listen({ port }, isLocal ? Object.assign(own, { isLocal }) : handler));
    }
    for (const port of api.isProxy ? [] : this.settings.peerPorts) {
      this.#owned.push(this.host.listen({ port }, peerHandler(handler)));
    }
  }

  /** etcd gives up when it can't write its log (etcdserver/raft.go): what it has promised the others would be lost. */
  #saves(): boolean {
    const { diskUsedMb, diskTotalMb } = this.host.resources;
    if (diskUsedMb < diskTotalMb) {
      return true;
    }
    const error = `write ${logFile(this.settings.dataDir)}: no space left on device`;
    this.#fail(`etcdserver: raft save state and entries error: ${error}`);
    return false;
  }

  #removed(): void {
    this.log('etcdserver: the member has been permanently removed from the cluster');
    this.log('etcdserver: the data-dir used by this member must be removed.');
    this.stop();
  }

  #isRemovedMeanwhile(state: MemberState): boolean {
    return (
      state.removed.includes(state.memberId) ||
      Object.values(state.members).some((info) => {
        const peer = info.id === state.memberId ? undefined : this.world.reach(this.host.dropletId, info);
        return peer?.state.removed.includes(state.memberId) ?? false;
      })
    );
  }

  #fail(reason: string): void {
    if (!this.#stopping.signal.aborted) {
      for (const line of reason.split('\n')) this.log(line);
    }
    this.#exit(1);
    this.stop();
  }
}

/** Members speak raft there; whoever else asks is told the version and no more. */
const peerHandler =
  (clients: HttpHandler): HttpHandler =>
  (request, response) => {
    if (request.url === '/version') {
      clients(request, response);
    } else {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
    }
  };
