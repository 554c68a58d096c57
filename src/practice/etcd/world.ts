import type { Host, Kernel } from '../kernel';
import type { Member } from './member';
import type { MemberState } from './memberState';
import type { MemberInfo } from './raftLog';
import { StateMachine } from './stateMachine';

/** All etcd members that run now, and who of them reaches whom. One per practice cloud. */
export class EtcdWorld {
  readonly #running = new Map<number, Member>();
  /** Rises with every change of who reaches whom, so that members can remember their peers in between. */
  #epoch = 0;
  #isReviewing = false;
  readonly #startedAt: number;
  /** States whose member this process has started. */
  readonly #seen = new WeakSet<MemberState>();
  /** What members made of the logs on their disks, for when they start again. */
  readonly #machines = new WeakMap<MemberState, StateMachine>();
  /** Droplets on which this process has started an etcd without data. */
  readonly #bootstrapped = new Set<number>();
  /** When the last member on a droplet ended. */
  readonly #goneSince = new Map<number, number>();

  constructor(readonly kernel: Kernel) {
    this.#startedAt = kernel.timeline.now();
    kernel.network.onChange(() => this.changed());
  }

  get epoch(): number {
    return this.#epoch;
  }

  memberOn(dropletId: number): Member | undefined {
    return this.#running.get(dropletId);
  }

  /** Whether a member starts because the practice process did: for the node it ran on all the time. */
  isResumed(host: Host, state: MemberState): boolean {
    return state.bootId === host.bootId && !this.#seen.has(state);
  }

  /**
   * How far the written state of a resumed member lags behind the time at which the practice process started again. Heartbeats
   * alone are not written to disk, and what happened after the last write is gone: for the nodes that time did not pass.
   */
  started(host: Host, state: MemberState): { readonly isResumed: boolean; readonly lostMs: number } {
    const isResumed = this.isResumed(host, state);
    this.#seen.add(state);
    state.bootId = host.bootId;
    return { isResumed, lostMs: isResumed ? Math.max(0, this.#startedAt - state.at) : 0 };
  }

  machineFor(state: MemberState): StateMachine {
    const machine = new StateMachine(state, this.#machines.get(state));
    this.#machines.set(state, machine);
    return machine;
  }

  /** Whether an etcd waits for others since before the practice process started: to its node nothing has happened. */
  isStillWaiting(host: Host, since: string | undefined): boolean {
    const isFirst = !this.#bootstrapped.has(host.dropletId);
    this.#bootstrapped.add(host.dropletId);
    return isFirst && since === host.bootId;
  }

  add(member: Member): void {
    this.#running.set(member.host.dropletId, member);
    this.changed();
  }

  remove(member: Member): void {
    if (this.#running.get(member.host.dropletId) === member) {
      this.#running.delete(member.host.dropletId);
      this.#goneSince.set(member.host.dropletId, this.kernel.timeline.now());
      this.changed();
    }
  }

  /** The running member behind an entry of the member list, if `from` reaches it. */
  reach(from: number, info: MemberInfo): Member | undefined {
    return info.peerUrls.map((url) => this.memberAt(from, url)).find((member) => member?.id === info.id);
  }

  /** The member that runs behind a peer or client URL, if `from` reaches it. */
  memberAt(from: number, url: string): Member | undefined {
    const dropletId = this.kernel.network.dropletAt(hostOf(url));
    const isReached =
      dropletId !== undefined && (dropletId === from || this.kernel.network.areConnected(from, dropletId));
    return isReached ? this.#running.get(dropletId) : undefined;
  }

  /** How long nothing has answered behind a URL. */
  silentMs(url: string): number {
    const dropletId = this.kernel.network.dropletAt(hostOf(url));
    const since = dropletId === undefined ? undefined : this.#goneSince.get(dropletId);
    return since === undefined ? Infinity : this.kernel.timeline.now() - since;
  }

  /** Leaders look for followers, followers for their leader. Runs after whatever is under way, once for many changes. */
  changed(): void {
    this.#epoch += 1;
    if (this.#isReviewing) {
      return;
    }
    this.#isReviewing = true;
    queueMicrotask(() => {
      this.#isReviewing = false;
      for (const member of [...this.#running.values()]) {
        member.review();
      }
    });
  }
}

const worlds = new WeakMap<Host, EtcdWorld>();

/** So that etcdctl on a node whose own etcd2 does not run finds the others. */
export const worldOf = (host: Host): EtcdWorld | undefined => worlds.get(host);

export function joinWorld(host: Host, world: EtcdWorld): void {
  worlds.set(host, world);
}

export function hostOf(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return '';
  }
}
