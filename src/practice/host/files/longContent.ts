import type { BulkFile, BulkStore } from '../../kernel';
import type { Content } from './node';
import { bytesOf, lengthOf } from './node';

/** Content from this many bytes on lies in a file of its own on the machine's disk. */
export const LONG = 256 * 1024;

/** The first bytes of such a file. Several files of nodes may share it: what is there is never changed, only added to. */
export class LongContent {
  constructor(
    readonly file: BulkFile,
    readonly byteLength: number,
  ) {}

  get length(): number {
    return this.byteLength;
  }

  read(offset: number, length: number): Buffer {
    return this.file.read(offset, Math.max(0, Math.min(length, this.byteLength - offset)));
  }
}

/** Content as it is to be kept. */
export function kept(content: Content, bulk: BulkStore | undefined): Content {
  if (bulk === undefined || content instanceof LongContent || lengthOf(content) < LONG) {
    return content;
  }
  const file = bulk.create();
  file.write(bytesOf(content), 0);
  return new LongContent(file, lengthOf(content));
}
