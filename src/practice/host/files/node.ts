import type { LongContent } from './longContent';

/** What a node's file system is made of. */
export type TreeNode = DirectoryNode | FileNode | LinkNode | VirtualNode;

interface Common {
  mode: number;
  /** Virtual milliseconds. */
  modifiedAt: number;
  owner: string;
}

export interface DirectoryNode extends Common {
  readonly kind: 'directory';
  readonly entries: Map<string, TreeNode>;
}

export type Content = string | Uint8Array | LongContent;

export interface FileNode extends Common {
  readonly kind: 'file';
  content: Content;
  /** Bytes the file takes on disk beyond its content: `fallocate` of a swap file. */
  allocated: number;
  /** Its content is made when somebody first reads it. */
  readonly isPending?: boolean;
}

export interface LinkNode extends Common {
  readonly kind: 'link';
  target: string;
}

/** A file of /proc: read from the model each time. */
export interface VirtualNode extends Common {
  readonly kind: 'virtual';
  read(): string;
  write?(text: string): void;
}

/** An error as Node's `fs` words it: the shell's own tools look at its first word. */
export class FileError extends Error {
  readonly code: string;

  constructor(code: string, words: string, call: string, path: string) {
    super(`${code}: ${words}, ${call} '${path}'`);
    this.code = code;
  }
}

export const notFound = (call: string, path: string): FileError =>
  new FileError('ENOENT', 'no such file or directory', call, path);

export function sizeOf(node: TreeNode): number {
  switch (node.kind) {
    case 'directory':
      return 4096;
    case 'link':
      return node.target.length;
    case 'virtual':
      return 0;
    case 'file':
      if (node.isPending === true) {
        return 0;
      }
      return Math.max(node.allocated, lengthOf(node.content));
  }
}

export const lengthOf = (content: Content): number =>
  typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;

/** The same bytes, not a copy, where they are bytes already. */
export function bytesOf(content: Content): Buffer {
  if (typeof content === 'string') {
    return Buffer.from(content);
  }
  return content instanceof Uint8Array
    ? Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    : content.read(0, content.byteLength);
}

export function textOf(node: FileNode | VirtualNode): string {
  if (node.kind === 'virtual') {
    return node.read();
  }
  return typeof node.content === 'string' ? node.content : bytesOf(node.content).toString('utf8');
}
