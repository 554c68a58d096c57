import type { Cancel, Resources } from '../../kernel';
import { sizeOf } from '../files/node';
import type { FileTree } from '../files/tree';
import { KERNEL_MB, ROOT_MB, SYSTEM_PARTITIONS_MB, USABLE_MEMORY } from './weights';

export interface StoredSwap {
  readonly path: string;
  readonly sizeMb: number;
}

/** Who asks for memory: its process, as the kernel knows it. */
export interface Owner {
  readonly program: string;
  readonly pid: number;
}

interface Claim {
  readonly owner: Owner;
  readonly mb: number;
  readonly kill: () => void;
}

interface Parts {
  readonly memoryMb: number;
  readonly diskGb: number;
  readonly tree: FileTree;
  readonly swaps: StoredSwap[];
  /** What journald has taken of the disk. */
  journalBytes(): number;
  now(): number;
  changed(): void;
  /** A line of the kernel's log. */
  log(text: string): void;
  pidOf(program: string): number;
}

/** Page cache and reserves that the kernel never gives to processes. */
const RESERVE_MB = 24;
/** Below this much room the kernel begins to swap out, or, without swap, to throw out the pages it is about to need. */
const COMFORT_MB = 40;
const MB = 1024 * 1024;
/** Before it comes to a kill nearly every page of a program is out; then everybody reads back what it needs, for so long. */
const RECOVERY_MS = 12_000;
const SIGNATURE = 'SWAPSPACE2';

/** Memory, swap and disk of one node. */
export class HostResources implements Resources {
  readonly memoryTotalMb: number;
  readonly diskTotalMb: number;
  readonly #parts: Parts;
  readonly #claims = new Set<Claim>();
  /** Their sum: every heartbeat of every daemon asks how short memory is. */
  #claimedMb = 0;
  readonly #disk = new Map<symbol, number>();
  #isKilling = false;
  #lastKillAt = -Infinity;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.memoryTotalMb = Math.floor(parts.memoryMb * USABLE_MEMORY);
    this.diskTotalMb = parts.diskGb * 1024 - SYSTEM_PARTITIONS_MB;
  }

  get memoryUsedMb(): number {
    return Math.min(this.#demandMb, this.memoryTotalMb - (this.swapTotalMb > 0 ? COMFORT_MB : RESERVE_MB / 2));
  }

  get swapTotalMb(): number {
    let total = 0;
    for (const { sizeMb } of this.#parts.swaps) {
      total += sizeMb;
    }
    return total;
  }

  get swapUsedMb(): number {
    return Math.min(this.swapTotalMb, Math.max(0, this.#demandMb - (this.memoryTotalMb - COMFORT_MB)));
  }

  get diskUsedMb(): number {
    let claimed = 0;
    for (const mb of this.#disk.values()) {
      claimed += mb;
    }
    const bytes = this.#parts.tree.bytes + this.#parts.journalBytes();
    return ROOT_MB + Math.ceil(bytes / MB) + claimed;
  }

  get swaps(): readonly { path: string; sizeMb: number; usedMb: number }[] {
    let used = this.swapUsedMb;
    return this.#parts.swaps.map(({ path, sizeMb }) => {
      const usedMb = Math.min(used, sizeMb);
      used -= usedMb;
      return { path, sizeMb, usedMb };
    });
  }

  get pressure(): number {
    const shortMb = Math.max(0, this.#demandMb - (this.memoryTotalMb - COMFORT_MB));
    // Without swap only file pages can go: the last megabytes hurt at once. With swap most of what is out is cold.
    const now = Math.min(1, this.swapTotalMb === 0 ? shortMb / COMFORT_MB : (0.6 * shortMb) / this.memoryTotalMb);
    return Math.max(now, 1 - (this.#parts.now() - this.#lastKillAt) / RECOVERY_MS);
  }

  get loadAverage(): readonly [number, number, number] {
    const load = 0.04 * this.#claims.size + 6 * this.pressure;
    return [round(load), round(load * 0.9 + 0.05), round(load * 0.8 + 0.05)];
  }

  claimMemory(program: string, mb: number, kill: () => void): Cancel {
    return this.claimFor({ program, pid: this.#parts.pidOf(program) }, mb, kill);
  }

  /** As `claimMemory`, for a process that knows itself. */
  claimFor(owner: Owner, mb: number, kill: () => void): Cancel {
    const claim: Claim = { owner, mb, kill };
    this.#claims.add(claim);
    this.#claimedMb += mb;
    this.#killUntilItFits(owner);
    return () => this.#release(claim);
  }

  /** As swapon does; why it would not, in its words. */
  swapOn(path: string): string | undefined {
    const node = this.#parts.tree.find(path);
    if (node === undefined) {
      return `cannot open ${path}: No such file or directory`;
    }
    if (!this.hasSwapSignature(path)) {
      return `${path}: read swap header failed`;
    }
    if (this.#parts.swaps.some((swap) => swap.path === path)) {
      return `${path}: swapon failed: Device or resource busy`;
    }
    this.addSwap(path, sizeOf(node) / MB);
    return undefined;
  }

  /** As swapoff does. */
  swapOff(path: string): string | undefined {
    const isOn = this.#parts.swaps.some((swap) => swap.path === path);
    if (this.removeSwap(path)) {
      return undefined;
    }
    const isThere = this.#parts.tree.find(path) !== undefined;
    const reason = isOn ? 'Cannot allocate memory' : isThere ? 'Invalid argument' : 'No such file or directory';
    return `${path}: swapoff failed: ${reason}`;
  }

  addSwap(path: string, mb: number): void {
    if (!this.#parts.swaps.some((swap) => swap.path === path)) {
      this.#parts.swaps.push({ path, sizeMb: mb });
      this.#parts.log(`Adding ${mb * 1024 - 4}k swap on ${path}.  Priority:-1 extents:1 across:${mb * 1024 - 4}k `);
      this.#parts.changed();
    }
  }

  removeSwap(path: string): boolean {
    const index = this.#parts.swaps.findIndex((swap) => swap.path === path);
    const swap = this.#parts.swaps[index];
    if (swap === undefined || this.#demandMb > this.#limitMb - swap.sizeMb) {
      return false;
    }
    this.#parts.swaps.splice(index, 1);
    this.#parts.changed();
    return true;
  }

  allocate(path: string, bytes: number): boolean {
    const node = this.#parts.tree.find(path);
    const before = node?.kind === 'file' ? node.allocated : 0;
    if (!this.hasRoom(bytes - before, path)) {
      return false;
    }
    this.#parts.tree.write(path, '', { allocated: bytes });
    return true;
  }

  /** On the disk, or, with a path, where that lies: a tmpfs takes up to half of the memory. */
  hasRoom(bytes: number, path = '/'): boolean {
    const { tree } = this.#parts;
    if (bytes <= 0) {
      return true;
    }
    return tree.isInMemory(path)
      ? tree.memoryBytes + bytes <= (this.memoryTotalMb / 2) * MB
      : this.diskUsedMb + bytes / MB <= this.diskTotalMb;
  }

  formatSwap(path: string): void {
    const node = this.#parts.tree.find(path);
    if (node?.kind === 'file') {
      this.#parts.tree.write(path, SIGNATURE, { allocated: node.allocated, mode: node.mode });
    }
  }

  hasSwapSignature(path: string): boolean {
    return this.#parts.tree.text(path)?.startsWith(SIGNATURE) ?? false;
  }

  claimDisk(_owner: string, mb: number): Cancel | undefined {
    if (!this.hasRoom(mb * MB)) {
      return undefined;
    }
    const key = Symbol('disk');
    this.#disk.set(key, mb);
    return () => this.#disk.delete(key);
  }

  /** Power is gone: memory and swap are empty. Files and images stay on disk. */
  reset(): void {
    this.#claims.clear();
    this.#claimedMb = 0;
    this.#lastKillAt = -Infinity;
    this.#parts.swaps.splice(0);
    this.#parts.changed();
  }

  #release(claim: Claim): void {
    if (this.#claims.delete(claim)) {
      this.#claimedMb -= claim.mb;
    }
  }

  get #demandMb(): number {
    return KERNEL_MB + this.#claimedMb;
  }

  get #limitMb(): number {
    return this.memoryTotalMb - RESERVE_MB + this.swapTotalMb;
  }

  /** The kernel's choice: whoever has most (oom_badness without adjustments). */
  #killUntilItFits({ program }: Owner): void {
    if (this.#isKilling) {
      return; // A victim's end may start others; the loop below sees to them.
    }
    this.#isKilling = true;
    while (this.#demandMb > this.#limitMb && this.#claims.size > 0) {
      const [victim] = [...this.#claims].sort((a, b) => b.mb - a.mb);
      if (victim === undefined) {
        break;
      }
      this.#release(victim);
      this.#lastKillAt = this.#parts.now();
      this.#report(program, victim);
      victim.kill();
    }
    this.#isKilling = false;
  }

  /** What of the kernel's words an operator looks for (mm/oom_kill.c of Linux 4.5): who asked, whether there was swap, who had to go. */
  #report(program: string, { owner, mb }: Claim): void {
    const kilobytes = mb * 1024;
    const score = Math.round((1000 * mb) / (this.memoryTotalMb + this.swapTotalMb));
    const name = `${owner.pid} (${comm(owner.program)})`;
    for (const line of [
      `${comm(program)} invoked oom-killer: gfp_mask=0x24201ca, order=0, oom_score_adj=0`,
      `Free swap  = ${(this.swapTotalMb - this.swapUsedMb) * 1024}kB`,
      `Total swap = ${this.swapTotalMb * 1024}kB`,
      `Out of memory: Kill process ${name} score ${score} or sacrifice child`,
      `Killed process ${name} total-vm:${kilobytes * 3}kB, anon-rss:${kilobytes}kB, file-rss:0kB`,
    ]) {
      this.#parts.log(line);
    }
  }
}

/** The kernel knows no more of a name. */
const comm = (program: string): string => program.slice(0, 15);

const round = (value: number): number => Math.round(value * 100) / 100;
