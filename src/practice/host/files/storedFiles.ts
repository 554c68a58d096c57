import type { BulkStore } from '../../kernel';
import { LongContent } from './longContent';
import type { Content, TreeNode } from './node';
import { bytesOf } from './node';
import type { FileTree } from './tree';

/** One path as it stands in the state file; short names because there are many. */
export interface StoredFile {
  /** Text, or base64 when `binary`. */
  readonly text?: string;
  readonly binary?: true;
  /** The name of a file of its own, and how much of it is this one's. */
  readonly bulk?: string;
  readonly length?: number;
  readonly directory?: true;
  readonly link?: string;
  /** The image brings it, the user removed it. */
  readonly gone?: true;
  readonly mode?: number;
  readonly owner?: string;
  readonly allocated?: number;
  readonly at: number;
}

/** tmpfs: empty after each boot (facts/coreos.md §2, §6). */
const VOLATILE = ['/run', '/tmp'];
/** Never stored: made by the kernel. */
const KERNEL = ['/proc', '/sys', '/dev'];

/** Keeps in `stored` whatever differs from the image, so that a restart of the process finds the same files. */
export function keepFiles(tree: FileTree, stored: Record<string, StoredFile>, changed: () => void): void {
  const image = new Set<string>();
  for (const name of tree.names('/')) {
    // Nothing of /usr ever differs from the image, and there is much of it.
    for (const { path } of KERNEL.includes(`/${name}`) || name === 'usr' ? [] : tree.walk(`/${name}`)) {
      image.add(path);
    }
  }
  for (const path of Object.keys(stored).sort()) {
    restore(tree, path, stored[path]);
  }
  tree.onChange((path) => {
    if (KERNEL.some((top) => isBelow(path, top))) {
      return;
    }
    forget(stored, path);
    let isThere = false;
    for (const entry of tree.walk(path)) {
      isThere = true;
      const record = recordOf(entry.node);
      if (record !== undefined && !(record.directory === true && image.has(entry.path))) {
        stored[entry.path] = record;
      }
    }
    if (!isThere && image.has(path)) {
      stored[path] = { gone: true, at: tree.now() };
    }
    changed();
  });
}

/** What a power cycle takes away. */
export function clearVolatile(tree: FileTree): void {
  for (const top of VOLATILE) {
    for (const name of tree.names(top)) {
      tree.remove(`${top}/${name}`);
    }
  }
  for (const name of tree.names('/dev').filter((one) => /^loop\d+$/.test(one))) {
    tree.remove(`/dev/${name}`);
  }
}

function restore(tree: FileTree, path: string, record: StoredFile | undefined): void {
  if (record === undefined) {
    return;
  }
  if (record.gone === true) {
    tree.remove(path);
    return;
  }
  if (record.directory === true) {
    tree.makeDirectory(path, record.mode);
  } else if (record.link !== undefined) {
    tree.link(record.link, path);
  } else {
    tree.write(path, contentOf(record, tree.bulk), { allocated: record.allocated ?? 0, mode: record.mode ?? 0o644 });
  }
  const node = tree.find(path, false);
  if (node !== undefined) {
    node.modifiedAt = record.at;
    node.owner = record.owner ?? 'root';
  }
}

function recordOf(node: TreeNode): StoredFile | undefined {
  const common = { at: node.modifiedAt, ...(node.owner === 'root' ? {} : { owner: node.owner }) };
  switch (node.kind) {
    case 'virtual':
      return undefined;
    case 'directory':
      return { directory: true, mode: node.mode, ...common };
    case 'link':
      return { link: node.target, ...common };
    case 'file': {
      if (node.isPending === true) {
        return undefined;
      }
      return {
        ...storedContent(node.content),
        mode: node.mode,
        ...(node.allocated > 0 ? { allocated: node.allocated } : {}),
        ...common,
      };
    }
  }
}

function storedContent(content: Content): Pick<StoredFile, 'text' | 'binary' | 'bulk' | 'length'> {
  if (content instanceof LongContent) {
    return { bulk: content.file.name, length: content.byteLength };
  }
  return typeof content === 'string' ? { text: content } : { text: bytesOf(content).toString('base64'), binary: true };
}

/** Empty when somebody has taken the long file away. */
function contentOf(record: StoredFile, bulk: BulkStore | undefined): Content {
  const file = record.bulk === undefined ? undefined : bulk?.find(record.bulk);
  if (file !== undefined) {
    return new LongContent(file, Math.min(record.length ?? 0, file.size));
  }
  return record.binary === true ? Buffer.from(record.text ?? '', 'base64') : (record.text ?? '');
}

function forget(stored: Record<string, StoredFile>, path: string): void {
  for (const known of Object.keys(stored)) {
    if (isBelow(known, path)) {
      Reflect.deleteProperty(stored, known);
    }
  }
}

const isBelow = (path: string, top: string): boolean => path === top || path.startsWith(`${top}/`);
