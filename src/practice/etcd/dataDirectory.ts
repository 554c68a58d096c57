import * as v from 'valibot';
import type { Host, Kernel } from '../kernel';
import type { MemberState } from './memberState';

/** What an etcd process finds in its data directory. */
export interface Found {
  readonly member?: MemberState;
  /** Of a proxy: whom it asks. */
  readonly proxy?: readonly string[];
}

interface Copy {
  /** Where it lay when an etcd last opened it. */
  path: string;
  readonly member: MemberState;
}

interface Section {
  /** By the token in the log file of the directory. */
  copies: Record<string, Copy>;
  /** The boot in which an etcd without data began to register with its discovery service, until it has data or is refused. */
  waitsSince?: string;
}

export const logFile = (directory: string): string => `${directory}/member/wal/0000000000000000-0000000000000000.wal`;
export const snapshots = (directory: string): string => `${directory}/member/snap`;
export const proxyFile = (directory: string): string => `${directory}/proxy/cluster`;

/**
 * The data directories of one droplet. A member's data lie in the practice cloud's own state; a token in the log file stands for
 * them, so that whoever empties, moves or copies a directory with the node's own tools has done it to the data.
 */
export class DataDirectories {
  constructor(
    private readonly kernel: Kernel,
    private readonly host: Host,
  ) {}

  /** Without a look at the files: for a member that ran on while the practice process was away. */
  lastAt(path: string): MemberState | undefined {
    return Object.values(this.#section.copies).find((copy) => copy.path === path)?.member;
  }

  /** What lies there, untouched. */
  async read(path: string): Promise<Found> {
    const member = (await this.#copyAt(path))?.copy.member;
    return member === undefined ? {} : { member };
  }

  /** For an etcd that starts on it: of two directories with the same data each has its own from then on. */
  async open(path: string): Promise<Found> {
    const found = await this.#copyAt(path);
    if (found !== undefined) {
      const { copy, token } = found;
      return {
        member: (await this.#isCopied(copy, token, path)) ? await this.#split(copy, path) : this.#move(copy, path),
      };
    }
    const proxy = await this.#read(proxyFile(path));
    return proxy === undefined ? {} : { proxy: peersOf(proxy) };
  }

  async writeMember(path: string, member: MemberState): Promise<void> {
    const token = this.kernel.random.hex(32);
    const { files } = this.host;
    await files.mkdir(snapshots(path), { recursive: true });
    await files.writeFile(`${snapshots(path)}/db`, '');
    await this.#write(logFile(path), token);
    await files.chmod(`${path}/member`, 0o700);
    await this.#forget(path);
    this.#section.copies[token] = { path, member };
    this.#changed();
  }

  get waitsSince(): string | undefined {
    return this.#section.waitsSince;
  }

  wait(bootId: string | undefined): void {
    if (this.#section.waitsSince !== bootId) {
      if (bootId === undefined) delete this.#section.waitsSince;
      else this.#section.waitsSince = bootId;
      this.#changed();
    }
  }

  async writeProxy(path: string, peerUrls: readonly string[]): Promise<void> {
    await this.#write(proxyFile(path), JSON.stringify({ PeerURLs: peerUrls }));
  }

  /** What lay there before, and whatever else has no log file any more. */
  async #forget(path: string): Promise<void> {
    for (const [token, copy] of Object.entries(this.#section.copies)) {
      if (copy.path === path || (await this.#read(logFile(copy.path))) !== token) {
        Reflect.deleteProperty(this.#section.copies, token);
      }
    }
  }

  async #copyAt(path: string): Promise<{ copy: Copy; token: string } | undefined> {
    const token = await this.#read(logFile(path));
    const copy = token === undefined ? undefined : this.#section.copies[token];
    return token === undefined || copy === undefined ? undefined : { copy, token };
  }

  async #isCopied(copy: Copy, token: string, path: string): Promise<boolean> {
    return copy.path !== path && (await this.#read(logFile(copy.path))) === token;
  }

  #move(copy: Copy, path: string): MemberState {
    copy.path = path;
    return copy.member;
  }

  async #split(copy: Copy, path: string): Promise<MemberState> {
    const member = structuredClone(copy.member);
    await this.writeMember(path, member);
    return member;
  }

  async #write(file: string, text: string): Promise<void> {
    await this.host.files.mkdir(file.slice(0, file.lastIndexOf('/')), { recursive: true });
    await this.host.files.writeFile(file, text);
  }

  async #read(file: string): Promise<string | undefined> {
    return (await this.host.files.exists(file)) ? await this.host.files.readFile(file) : undefined;
  }

  get #section(): Section {
    return this.kernel.state.section<Section>(this.#name, () => ({ copies: {} }));
  }

  get #name(): string {
    return `etcd/${this.host.dropletId}`;
  }

  #changed(): void {
    this.kernel.state.changed(this.#name);
  }
}

const proxySchema = v.object({ PeerURLs: v.array(v.string()) });

function peersOf(text: string): readonly string[] {
  try {
    return v.parse(proxySchema, JSON.parse(text)).PeerURLs;
  } catch {
    return [];
  }
}
