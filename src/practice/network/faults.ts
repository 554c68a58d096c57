/** What is broken between or in front of nodes on purpose. */
export class NetworkFaults {
  readonly #hung = new Set<number>();
  readonly #cuts = new Set<string>();

  constructor(private readonly onChange: () => void) {}

  /** A hung node has power but answers nothing. */
  setHung(dropletId: number, isHung: boolean): void {
    if (isHung) this.#hung.add(dropletId);
    else this.#hung.delete(dropletId);
    this.onChange();
  }

  isHung(dropletId: number): boolean {
    return this.#hung.has(dropletId);
  }

  /** Nodes of different groups no longer reach each other. An empty list heals the network. */
  split(groups: readonly (readonly number[])[]): void {
    this.#cuts.clear();
    for (const [index, group] of groups.entries()) {
      for (const other of groups.slice(index + 1).flat()) {
        for (const id of group) this.#cuts.add(pairKey(id, other));
      }
    }
    this.onChange();
  }

  isCut(a: number, b: number): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(pairKey(a, b));
  }

  forget(dropletId: number): void {
    this.#hung.delete(dropletId);
  }
}

export function pairKey(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}
