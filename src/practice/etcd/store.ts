import type { EtcdEvent, EtcdNode } from './api';
import { effectOf, type Applied, type Done } from './effect';
import { EtcdError } from './errors';
import { childOf, cleanKey, findNode, isDirectory, showNode, splitKey, type StoreState, type TreeNode } from './tree';

/** A write as it stands in the log: everything a member needs to do the same as the others. */
export type StoreOperation =
  | ({ readonly kind: 'put' | 'post'; readonly key: string; readonly now: number } & PutOptions)
  | ({ readonly kind: 'delete'; readonly key: string; readonly now: number } & DeleteOptions)
  | ({ readonly kind: 'get'; readonly key: string; readonly now: number } & GetOptions)
  | { readonly kind: 'expire'; readonly now: number }
  /** Lets every key live longer: the practice process was gone for so long, and time stood still for the nodes. */
  | { readonly kind: 'extend'; readonly now: number; readonly ms: number };

export interface PutOptions {
  readonly value?: string;
  readonly dir?: boolean;
  readonly expiresAt?: number;
  readonly prevExist?: boolean;
  readonly prevValue?: string;
  readonly prevIndex?: number;
  readonly refresh?: boolean;
}

export interface DeleteOptions {
  readonly dir?: boolean;
  readonly recursive?: boolean;
  readonly prevValue?: string;
  readonly prevIndex?: number;
}

export interface GetOptions {
  readonly recursive?: boolean;
  readonly sorted?: boolean;
}

/** One member's copy of the keys, with etcd's v2 rules (etcd 2.3/3.4, etcdserver/api/v2store). */
export class Store {
  /** The earliest instant at which some key may run out; never later than the truth. */
  #nextExpiry = 0;
  #applying: StoreOperation | undefined;

  constructor(
    private readonly state: StoreState,
    private readonly changed: (applied: Applied) => void,
  ) {}

  get index(): number {
    return this.state.index;
  }

  get(key: string, options: GetOptions, now: number): EtcdEvent {
    const path = cleanKey(key);
    const node = this.#find(path);
    const shape = { now, isRecursive: options.recursive === true, isSorted: options.sorted === true };
    return { action: 'get', node: showNode(path, node, shape) };
  }

  peek(key: string, now: number): EtcdNode | undefined {
    const path = cleanKey(key);
    const node = findNode(this.state.root, path);
    return node === undefined ? undefined : showNode(path, node, { now, isRecursive: true });
  }

  /** Answers what may be asked for the event. @throws EtcdError */
  apply(operation: StoreOperation): (() => EtcdEvent) | undefined {
    this.#applying = operation;
    switch (operation.kind) {
      case 'get': {
        const event = this.get(operation.key, operation, operation.now);
        return () => event;
      }
      case 'post':
        return this.#create(this.#uniqueKey(operation.key), operation, operation.now);
      case 'put':
        return this.#put(operation.key, operation, operation.now);
      case 'delete':
        return this.#delete(cleanKey(operation.key), operation, operation.now);
      case 'expire':
        this.#expire(operation.now);
        return undefined;
      case 'extend':
        extend(this.state.root, operation.ms);
        return undefined;
    }
  }

  /** The keys came from elsewhere: which of them run out first has to be looked up anew. */
  replaced(): void {
    this.#nextExpiry = 0;
  }

  /** Whether some key's time has come. */
  hasExpired(now: number): boolean {
    if (this.#nextExpiry <= now) {
      this.#nextExpiry = earliestExpiry(this.state.root);
    }
    return this.#nextExpiry <= now;
  }

  #put(key: string, options: PutOptions, now: number): () => EtcdEvent {
    const path = cleanKey(key);
    const compares = (options.prevIndex ?? 0) > 0 || (options.prevValue ?? '') !== '';
    if (options.prevExist === false) {
      return this.#create(path, options, now);
    }
    if (compares) {
      return this.#compareAndSwap(path, options, now);
    }
    return options.prevExist === true ? this.#update(path, options, now) : this.#set(path, options, now);
  }

  #set(path: string, options: PutOptions, now: number): () => EtcdEvent {
    this.#refuseRoot(path);
    const prevNode = findNode(this.state.root, path);
    if (prevNode !== undefined && isDirectory(prevNode)) {
      throw this.#error(102, path);
    }
    if (options.refresh === true && prevNode === undefined) {
      throw this.#error(100, path);
    }
    const node = this.#place(path, options, options.refresh === true ? prevNode?.value : options.value);
    return this.#done({
      action: 'set',
      key: path,
      index: node.modified,
      node,
      prevNode,
      now,
      isQuiet: options.refresh === true,
    });
  }

  #create(path: string, options: PutOptions, now: number): () => EtcdEvent {
    this.#refuseRoot(path);
    if (findNode(this.state.root, path) !== undefined) {
      throw this.#error(105, path);
    }
    const node = this.#place(path, options, options.value);
    return this.#done({ action: 'create', key: path, index: node.modified, node, now });
  }

  #update(path: string, options: PutOptions, now: number): () => EtcdEvent {
    this.#refuseRoot(path);
    const prevNode = this.#find(path);
    if (isDirectory(prevNode) && (options.value ?? '') !== '') {
      throw this.#error(102, path);
    }
    const node = this.#change(path, prevNode, options);
    // The index of a directory is that of its making for good; only the event of the update shows the new one.
    const { index } = this.state;
    const shown = node.modified === index ? node : { ...node, modified: index };
    return this.#done({
      action: 'update',
      key: path,
      index,
      node: shown,
      prevNode,
      now,
      isQuiet: options.refresh === true,
    });
  }

  #compareAndSwap(path: string, options: PutOptions, now: number): () => EtcdEvent {
    this.#refuseRoot(path);
    const prevNode = this.#find(path);
    this.#compare(path, prevNode, options);
    const node = this.#change(path, prevNode, options);
    return this.#done({
      action: 'compareAndSwap',
      key: path,
      index: node.modified,
      node,
      prevNode,
      now,
      isQuiet: options.refresh === true,
    });
  }

  /** A node in place of the old one, made when that was; nodes are never changed, since events of the past show them. */
  #change(path: string, old: TreeNode, options: PutOptions): TreeNode {
    this.state.index += 1;
    const { created } = old;
    const node: TreeNode = isDirectory(old)
      ? { children: old.children ?? {}, created, modified: old.modified }
      : { value: (options.refresh === true ? old.value : options.value) ?? '', created, modified: this.state.index };
    this.#setExpiry(node, options.expiresAt);
    const parts = splitKey(path);
    this.#makeDirectories(parts, parts.length - 1)[parts.at(-1) ?? ''] = node;
    return node;
  }

  #delete(path: string, options: DeleteOptions, now: number): () => EtcdEvent {
    this.#refuseRoot(path);
    const node = this.#find(path);
    const compares = (options.prevIndex ?? 0) > 0 || (options.prevValue ?? '') !== '';
    if (compares) {
      this.#compare(path, node, options);
    } else if (isDirectory(node)) {
      this.#refuseDirectory(path, node, options);
    }
    this.state.index += 1;
    return this.#remove(compares ? 'compareAndDelete' : 'delete', path, { node, now });
  }

  #refuseDirectory(path: string, node: TreeNode, options: DeleteOptions): void {
    if (options.dir !== true && options.recursive !== true) {
      throw this.#error(102, path);
    }
    if (options.recursive !== true && Object.keys(node.children ?? {}).length > 0) {
      throw this.#error(108, path);
    }
  }

  /** The index has been raised before: every key that runs out at once gets an index of its own. */
  #remove(action: string, path: string, what: { node: TreeNode; now: number }): () => EtcdEvent {
    const parts = splitKey(path);
    Reflect.deleteProperty(this.#makeDirectories(parts, parts.length - 1), parts.at(-1) ?? '');
    return this.#done({ action, key: path, index: this.state.index, isRemoval: true, ...what });
  }

  #expire(now: number): void {
    const walk = (path: string, node: TreeNode): void => {
      for (const [name, child] of Object.entries(node.children ?? {})) {
        const key = path + name;
        if (child.expiresAt !== undefined && child.expiresAt <= now) {
          this.state.index += 1;
          this.#remove('expire', key, { node: child, now });
        } else {
          walk(key, child);
        }
      }
    };
    walk('', this.state.root);
    this.#nextExpiry = earliestExpiry(this.state.root);
  }

  /** Puts a new node in place of whatever is there, with the directories above it. */
  #place(path: string, options: PutOptions, value: string | undefined): TreeNode {
    const parts = splitKey(path);
    const siblings = this.#makeDirectories(parts, parts.length - 1);
    this.state.index += 1;
    const index = this.state.index;
    const node: TreeNode =
      options.dir === true
        ? { children: {}, created: index, modified: index }
        : { value: value ?? '', created: index, modified: index };
    this.#setExpiry(node, options.expiresAt);
    siblings[parts.at(-1) ?? ''] = node;
    return node;
  }

  /** The children of the directory that the first parts name, made where it is not there. */
  #makeDirectories(parts: readonly string[], depth: number): Record<string, TreeNode> {
    let node = this.state.root;
    for (let at = 0; at < depth; at += 1) {
      const part = parts[at] ?? '';
      let next = childOf(node, part);
      if (next !== undefined && !isDirectory(next)) {
        throw this.#error(104, parts.slice(0, at + 1).join(''));
      }
      if (next === undefined) {
        const index = this.state.index + 1;
        next = { children: {}, created: index, modified: index };
        (node.children ??= {})[part] = next;
      }
      node = next;
    }
    return (node.children ??= {});
  }

  #compare(path: string, node: TreeNode, options: PutOptions | DeleteOptions): void {
    if (isDirectory(node)) {
      throw this.#error(102, path);
    }
    const expected = options.prevValue ?? '';
    const index = options.prevIndex ?? 0;
    const valueFits = expected === '' || node.value === expected;
    const indexFits = index === 0 || node.modified === index;
    if (valueFits && indexFits) {
      return;
    }
    const value = `[${expected} != ${node.value ?? ''}]`;
    const position = `[${index} != ${node.modified}]`;
    throw this.#error(101, indexFits ? value : valueFits ? position : `${value} ${position}`);
  }

  #setExpiry(node: TreeNode, expiresAt: number | undefined): void {
    if (expiresAt !== undefined) {
      node.expiresAt = expiresAt;
      this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt);
    }
  }

  #uniqueKey(directory: string): string {
    return cleanKey(`${directory}/${String(this.state.index + 1).padStart(20, '0')}`);
  }

  #find(path: string): TreeNode {
    const node = findNode(this.state.root, path);
    if (node === undefined) {
      throw this.#missing(path);
    }
    return node;
  }

  /** etcd names the first part of the path that is not there, or the value that stands where a directory would have to. */
  #missing(path: string): EtcdError {
    let node = this.state.root;
    let at = '';
    for (const part of splitKey(path)) {
      if (!isDirectory(node)) {
        return this.#error(104, at);
      }
      at += part;
      const next = childOf(node, part);
      if (next === undefined) {
        break;
      }
      node = next;
    }
    return this.#error(100, at);
  }

  #refuseRoot(path: string): void {
    if (path === '/') {
      throw this.#error(107, '/');
    }
  }

  #error(code: 100 | 101 | 102 | 104 | 105 | 107 | 108, cause: string): EtcdError {
    return new EtcdError(code, cause, this.state.index);
  }

  #done(done: Done): () => EtcdEvent {
    const effect = effectOf(this.#applying, done);
    this.changed(effect);
    return () => effect.event();
  }
}

function earliestExpiry(node: TreeNode): number {
  let earliest = node.expiresAt ?? Infinity;
  if (node.children !== undefined) {
    for (const name in node.children) {
      const child = node.children[name];
      earliest = child === undefined ? earliest : Math.min(earliest, earliestExpiry(child));
    }
  }
  return earliest;
}

function extend(node: TreeNode, ms: number): void {
  if (node.expiresAt !== undefined) {
    node.expiresAt += ms;
  }
  for (const child of Object.values(node.children ?? {})) {
    extend(child, ms);
  }
}
