import type { FileNode } from '../files/node';

/** A file whose content is made at the first look; until then it only seems to be there. */
export class LazyFile implements FileNode {
  readonly kind = 'file';
  mode: number;
  modifiedAt = 0;
  owner = 'root';
  allocated = 0;
  readonly #make: () => void;
  #content: string | Uint8Array | undefined;

  /** `make` sees to it that the content is set. */
  constructor(mode: number, make: () => void) {
    this.mode = mode;
    this.#make = make;
  }

  get isPending(): boolean {
    return this.#content === undefined;
  }

  get content(): string | Uint8Array {
    if (this.#content === undefined) {
      this.#make();
    }
    return this.#content ?? '';
  }

  set content(value: string | Uint8Array) {
    this.#content = value;
  }
}
