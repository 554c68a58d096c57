import type { EtcdNode } from './api';

/** A node of the v2 store as it lies in the state file. Children carry a leading slash, so that no name is special to JavaScript. */
export interface TreeNode {
  value?: string;
  children?: Record<string, TreeNode>;
  created: number;
  modified: number;
  /** Virtual milliseconds. */
  expiresAt?: number;
}

/** One member's copy of the key space. */
export interface StoreState {
  index: number;
  root: TreeNode;
  /** Users and roles, once there have been some. */
  accounts?: TreeNode;
}

/** The users and roles as a store of their own, with the index of the keys. */
export const accountsOf = (state: StoreState): StoreState => ({
  get index() {
    return state.index;
  },
  set index(index) {
    state.index = index;
  },
  get root() {
    return (state.accounts ??= { children: {}, created: 0, modified: 0 });
  },
});

export const emptyStore = (): StoreState => ({ index: 0, root: { children: {}, created: 0, modified: 0 } });

interface KeyPath {
  /** With one slash before each part and none at the end. */
  readonly key: string;
  /** Each with its slash, as children are called. */
  readonly parts: readonly string[];
}

const LARGEST_CACHE = 5_000;
const paths = new Map<string, KeyPath>();

/** The same few hundred keys are written again and again by every member. */
function pathOf(key: string): KeyPath {
  let path = paths.get(key);
  if (path === undefined) {
    if (paths.size > LARGEST_CACHE) {
      paths.clear();
    }
    const names = key.split('/').filter((part) => part !== '' && part !== '.');
    path = { key: `/${names.join('/')}`, parts: names.map((name) => `/${name}`) };
    paths.set(key, path);
  }
  return path;
}

/** The parts of a key, each with its slash. */
export const splitKey = (key: string): readonly string[] => pathOf(key).parts;

export const cleanKey = (key: string): string => pathOf(key).key;

export const isDirectory = (node: TreeNode): boolean => node.children !== undefined;

/** A name that starts with `_` is hidden from listings and from watches further up. */
export const isHiddenBelow = (watched: string, key: string): boolean =>
  key
    .slice(watched === '/' ? 1 : watched.length + 1)
    .split('/')
    .some((part) => part.startsWith('_'));

export function childOf(node: TreeNode, part: string): TreeNode | undefined {
  return node.children?.[part];
}

export function findNode(root: TreeNode, key: string): TreeNode | undefined {
  let node: TreeNode | undefined = root;
  for (const part of splitKey(key)) {
    node = node === undefined ? undefined : childOf(node, part);
  }
  return node;
}

/** Go's RFC 3339 with nanoseconds; the digits below a millisecond are made up from the index, so that they stay the same. */
export function formatExpiry(expiresAt: number, salt: number): string {
  const whole = new Date(expiresAt).toISOString().slice(0, 23);
  // Go leaves out zeros at the end; the last digit is none.
  const below = String(((salt * 7_919 + 31_337) % 99_999) * 10 + 1 + (salt % 9)).padStart(6, '0');
  return `${whole}${below}Z`;
}

interface Shape {
  readonly now: number;
  readonly isRecursive?: boolean;
  readonly isSorted?: boolean;
}

/** The node as etcd shows it: the children of a directory one level down, or all of them. */
export function showNode(key: string, node: TreeNode, shape: Shape): EtcdNode {
  return { ...describeNode(key, node, shape.now), ...showChildren(key, node, shape) };
}

/** The node without its children, as in the events of writes. */
export function describeNode(key: string, node: TreeNode, now: number): EtcdNode {
  const { expiresAt } = node;
  // Whole seconds, less than none for what has run out but is still there; none at all is not told.
  const ttl = expiresAt === undefined ? 0 : Math.ceil((expiresAt - now) / 1_000);
  const expiry =
    expiresAt === undefined
      ? {}
      : { expiration: formatExpiry(expiresAt, node.modified), ...(ttl === 0 ? {} : { ttl }) };
  return {
    key,
    ...(isDirectory(node) ? { dir: true as const } : { value: node.value ?? '' }),
    ...expiry,
    modifiedIndex: node.modified,
    createdIndex: node.created,
  };
}

function showChildren(key: string, node: TreeNode, shape: Shape): { nodes?: EtcdNode[] } {
  const visible = Object.entries(node.children ?? {}).filter(([name]) => !name.startsWith('/_'));
  if (visible.length === 0) {
    return {};
  }
  if (shape.isSorted === true) {
    visible.sort(([a], [b]) => (a < b ? -1 : 1));
  }
  const base = key === '/' ? '' : key;
  const nodes = visible.map(([name, child]) =>
    shape.isRecursive === true ? showNode(base + name, child, shape) : describeNode(base + name, child, shape.now),
  );
  return { nodes };
}
