import type { EtcdEvent } from './api';
import type { StoreOperation } from './store';
import { describeNode, type TreeNode } from './tree';

/** What an applied write did. A refresh is not told to watchers. */
export interface Applied {
  readonly key: string;
  /** A directory that went, and everything below it. */
  readonly isDirectoryRemoval: boolean;
  readonly index: number;
  readonly isQuiet: boolean;
  /** Written out only for who wants to know: most writes are heartbeats that four of five members apply unseen. */
  event(): EtcdEvent;
}

export interface Done {
  readonly action: string;
  readonly key: string;
  readonly index: number;
  /** What is there now, or for a removal what was. */
  readonly node: TreeNode;
  readonly prevNode?: TreeNode | undefined;
  readonly isRemoval?: boolean;
  readonly isQuiet?: boolean;
  readonly now: number;
}

/** All who wait for an event are told in one go. */
let latest: { readonly effect: Effect; readonly event: EtcdEvent } | undefined;

/** As little as makes an event: every member remembers a thousand, and of a hundred clusters they are most of the memory. */
class Effect implements Applied {
  readonly key: string;
  readonly index: number;
  readonly isQuiet: boolean;
  readonly #action: string;
  readonly #node: TreeNode;
  readonly #prevNode: TreeNode | undefined;
  readonly #isRemoval: boolean;
  readonly #now: number;

  constructor({ action, key, index, node, prevNode, isRemoval = false, isQuiet = false, now }: Done) {
    this.key = key;
    this.index = index;
    this.isQuiet = isQuiet;
    this.#action = action;
    this.#node = node;
    this.#prevNode = prevNode;
    this.#isRemoval = isRemoval;
    this.#now = now;
  }

  get isDirectoryRemoval(): boolean {
    return this.#isRemoval && this.#node.children !== undefined;
  }

  event(): EtcdEvent {
    if (latest?.effect !== this) {
      latest = { effect: this, event: this.#isRemoval ? this.#removal() : this.#write() };
    }
    return latest.event;
  }

  #write(): EtcdEvent {
    const describe = (node: TreeNode) => describeNode(this.key, node, this.#now);
    const prevNode = this.#prevNode && describe(this.#prevNode);
    return { action: this.#action, node: describe(this.#node), ...(prevNode && { prevNode }) };
  }

  #removal(): EtcdEvent {
    const dir = this.isDirectoryRemoval ? { dir: true as const } : {};
    return {
      action: this.#action,
      node: { key: this.key, ...dir, modifiedIndex: this.index, createdIndex: this.#node.created },
      prevNode: describeNode(this.key, this.#node, this.#now),
    };
  }
}

/** The members apply an entry one right after the other, or a few entries each. */
const REMEMBERED = 64;
const effects = new Map<StoreOperation, Applied>();

/** The members of a cluster apply one and the same operation to the same keys: what it did is remembered once for all of them. */
export function effectOf(operation: StoreOperation | undefined, done: Done): Applied {
  const known = operation && effects.get(operation);
  if (known?.index === done.index && known.key === done.key) {
    return known;
  }
  const effect = new Effect(done);
  if (operation !== undefined && known === undefined) {
    effects.set(operation, effect);
    const [oldest] = effects.size > REMEMBERED ? effects.keys() : [];
    if (oldest !== undefined) {
      effects.delete(oldest);
    }
  }
  return effect;
}
