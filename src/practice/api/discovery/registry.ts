import type { Random, StateFile } from '../../kernel';

interface MemberRecord {
  readonly id: string;
  value: string;
  readonly createdIndex: number;
  modifiedIndex: number;
}

interface TokenRecord {
  readonly size: string;
  readonly index: number;
  members: MemberRecord[];
  events: RegistryEvent[];
}

export interface EtcdNodeReply {
  readonly key: string;
  readonly value?: string;
  readonly dir?: true;
  readonly nodes?: readonly EtcdNodeReply[];
  readonly modifiedIndex: number;
  readonly createdIndex: number;
}

export interface RegistryEvent {
  readonly action: 'create' | 'set' | 'delete';
  readonly node: EtcdNodeReply;
  readonly prevNode?: EtcdNodeReply;
}

interface RegistryState {
  index: number;
  tokens: Record<string, TokenRecord>;
}

/** A failure of etcd's v2 API: its code, its words, and what it is about. */
export class RegistryError extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
    readonly about: string,
  ) {
    super(message);
  }
}

const ROOT = '/_etcd/registry';
const SECTION = 'discovery';

/** What discovery.etcd.io keeps in its own etcd: a size and the members that have come, one folder for each token. */
export class Registry {
  readonly #state: RegistryState;
  readonly #watchers = new Map<string, Set<(event: RegistryEvent) => void>>();

  constructor(
    private readonly stateFile: StateFile,
    private readonly random: Random,
  ) {
    this.#state = stateFile.section<RegistryState>(SECTION, () => ({ index: 3, tokens: {} }));
  }

  get index(): number {
    return this.#state.index;
  }

  /** Resolves with the token once it is on disk. */
  async create(size: number): Promise<string> {
    const token = this.random.hex(32);
    this.#state.tokens[token] = { size: String(size), index: this.#next(), members: [], events: [] };
    await this.stateFile.saved();
    return token;
  }

  size(token: string): EtcdNodeReply {
    const { size, index } = this.#token(token, '/_config/size');
    return { key: `${ROOT}/${token}/_config/size`, value: size, modifiedIndex: index, createdIndex: index };
  }

  /** The members in the order in which they came; what begins with an underscore is hidden. */
  folder(token: string): EtcdNodeReply {
    const { members, index } = this.#token(token, '');
    const nodes = members.map((member) => this.#node(token, member));
    return {
      ...{ key: `${ROOT}/${token}`, dir: true, ...(nodes.length > 0 && { nodes }) },
      ...{ modifiedIndex: index, createdIndex: index },
    };
  }

  member(token: string, id: string): EtcdNodeReply {
    const found = this.#token(token, `/${id}`).members.find((member) => member.id === id);
    if (found === undefined) throw missing(`${ROOT}/${token}/${id}`);
    return this.#node(token, found);
  }

  async put(token: string, id: string, write: { value: string; prevExist?: boolean }): Promise<RegistryEvent> {
    const record = this.#token(token, `/${id}`);
    const known = record.members.find((member) => member.id === id);
    const key = `${ROOT}/${token}/${id}`;
    if (known !== undefined && write.prevExist === false) throw new RegistryError(412, 105, 'Key already exists', key);
    if (known === undefined && write.prevExist === true) throw missing(key);
    const prevNode = known === undefined ? undefined : this.#node(token, known);
    const index = this.#next();
    const member = { id, value: write.value, createdIndex: index, modifiedIndex: index };
    record.members = [...record.members.filter((other) => other !== known), member];
    const action = write.prevExist === false ? 'create' : 'set';
    return await this.#happened(token, { action, node: this.#node(token, member), ...(prevNode && { prevNode }) });
  }

  async delete(token: string, id: string): Promise<RegistryEvent> {
    const prevNode = this.member(token, id);
    const record = this.#token(token, `/${id}`);
    record.members = record.members.filter((member) => member.id !== id);
    const node = { key: prevNode.key, modifiedIndex: this.#next(), createdIndex: prevNode.createdIndex };
    return await this.#happened(token, { action: 'delete', node, prevNode });
  }

  /** The first thing that happened at or after `index`; undefined when it is still to come. */
  eventSince(token: string, index: number): RegistryEvent | undefined {
    return this.#token(token, '').events.find((event) => event.node.modifiedIndex >= index);
  }

  watch(token: string, listener: (event: RegistryEvent) => void): () => void {
    const watchers = this.#watchers.get(token) ?? new Set();
    this.#watchers.set(token, watchers);
    watchers.add(listener);
    return () => watchers.delete(listener);
  }

  async #happened(token: string, event: RegistryEvent): Promise<RegistryEvent> {
    this.#state.tokens[token]?.events.push(event);
    await this.stateFile.saved();
    for (const listener of [...(this.#watchers.get(token) ?? [])]) listener(event);
    return event;
  }

  #node(token: string, member: MemberRecord): EtcdNodeReply {
    const { id, value, modifiedIndex, createdIndex } = member;
    return { key: `${ROOT}/${token}/${id}`, value, modifiedIndex, createdIndex };
  }

  #token(token: string, below: string): TokenRecord {
    const record = this.#state.tokens[token];
    if (record === undefined) throw missing(`${ROOT}/${token}${below}`);
    return record;
  }

  #next(): number {
    this.#state.index += 1;
    this.stateFile.changed(SECTION);
    return this.#state.index;
  }
}

function missing(key: string): RegistryError {
  return new RegistryError(404, 100, 'Key not found', key);
}
