import type { BulkFile, BulkStore } from '../../kernel';
import { GrowingBuffer } from '../../shell/byteQueue';
import { LONG, LongContent } from './longContent';
import type { Content, FileNode } from './node';
import { bytesOf, FileError, lengthOf, sizeOf } from './node';

export interface OpenFileParts {
  readonly node: FileNode;
  readonly path: string;
  /** Absent: all content is in memory. */
  readonly bulk: BulkStore | undefined;
  hasRoom(bytes: number): boolean;
  /** So many bytes more, or fewer, are taken now. */
  grown(bytes: number): void;
  /** At the end, when something was written. */
  changed(): void;
}

/**
 * A file that is read or written piece by piece, in memory only while it is short. What is written is there for others at once.
 */
export class OpenFile {
  readonly #parts: OpenFileParts;
  #isChanged = false;
  /** What this one alone writes to. */
  #own: { readonly buffer: GrowingBuffer } | { readonly file: BulkFile } | undefined;
  #pinned: BulkFile | undefined;

  constructor(parts: OpenFileParts) {
    this.#parts = parts;
    this.#pin(parts.node.content);
  }

  get length(): number {
    return sizeOf(this.#parts.node);
  }

  /** What was only reserved reads as zeros. */
  read(offset: number, length: number): Buffer {
    const { content } = this.#parts.node;
    const wanted = Math.max(0, Math.min(length, this.length - offset));
    const has = lengthOf(content);
    const bytes =
      content instanceof LongContent
        ? content.read(offset, wanted)
        : bytesOf(content).subarray(Math.min(offset, has), Math.min(offset + wanted, has));
    return bytes.length === wanted ? bytes : Buffer.concat([bytes], wanted);
  }

  /** @throws FileError ENOSPC, with nothing written. */
  write(bytes: Uint8Array, offset: number): void {
    const { node, path } = this.#parts;
    const added = Math.max(0, offset + bytes.length - this.length);
    if (!this.#parts.hasRoom(added)) {
      throw new FileError('ENOSPC', 'no space left on device', 'write', path);
    }
    this.#put(bytes, offset);
    this.#note(added);
    node.allocated = node.allocated > lengthOf(node.content) ? node.allocated : 0;
  }

  append(bytes: Uint8Array): void {
    this.write(bytes, this.length);
  }

  /** Only ever shorter. */
  cut(length: number): void {
    const { node } = this.#parts;
    const before = this.length;
    if (length >= before) {
      return;
    }
    node.allocated = Math.min(node.allocated, length);
    if (node.content instanceof LongContent) {
      node.content = new LongContent(node.content.file, Math.min(length, node.content.byteLength));
    } else {
      node.content = bytesOf(node.content).subarray(0, length);
    }
    this.#own = undefined;
    this.#note(length - before);
  }

  close(): void {
    if (this.#isChanged) {
      this.#parts.changed();
      this.#isChanged = false;
    }
    this.#pinned?.close();
    this.#pinned = undefined;
  }

  #put(bytes: Uint8Array, offset: number): void {
    const { node, bulk } = this.#parts;
    const end = Math.max(lengthOf(node.content), offset + bytes.length);
    if (bulk === undefined || end < LONG) {
      const own = this.#own !== undefined && 'buffer' in this.#own ? this.#own : this.#ownBuffer();
      own.buffer.write(bytes, offset);
      node.content = own.buffer.content;
      return;
    }
    const file = this.#ownFile(bulk, offset);
    file.write(bytes, offset);
    node.content = new LongContent(file, end);
  }

  #ownBuffer(): { readonly buffer: GrowingBuffer } {
    const own = { buffer: new GrowingBuffer(Buffer.from(bytesOf(this.#parts.node.content))) };
    this.#own = own;
    return own;
  }

  /** What is there may be another file's too: it may be added to at its end, otherwise a copy is made first. */
  #ownFile(bulk: BulkStore, offset: number): BulkFile {
    const { content } = this.#parts.node;
    if (this.#own !== undefined && 'file' in this.#own) {
      return this.#own.file;
    }
    if (content instanceof LongContent && offset >= content.byteLength && content.file.size === content.byteLength) {
      return content.file;
    }
    const file = bulk.create();
    this.#pin(new LongContent(file, 0));
    if (content instanceof LongContent) {
      content.file.copyTo(file, content.byteLength);
    } else {
      file.write(bytesOf(content), 0);
    }
    this.#own = { file };
    return file;
  }

  #pin(content: Content): void {
    const before = this.#pinned;
    this.#pinned = content instanceof LongContent ? content.file : undefined;
    this.#pinned?.open();
    before?.close();
  }

  #note(bytes: number): void {
    this.#isChanged = true;
    this.#parts.grown(bytes);
  }
}
