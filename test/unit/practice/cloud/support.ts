import { createLedger } from '../../../../src/practice/ledger';
import { catalogues } from '../../../../src/practice/cloud/catalogue/catalogue';
import { createCloud, type Cloud } from '../../../../src/practice/cloud/cloud';
import type { AccountRecord } from '../../../../src/practice/cloud/records';
import type { HostSpec, PoweredHost } from '../../../../src/practice/kernel';
import { profiles } from '../../../../src/practice/profile';
import { createRandom } from '../../../../src/practice/random';
import { VirtualTimeline } from '../../../../src/practice/timeline';
import { MemoryState } from '../support/fakeKernel';

/** Writes down what is done to it; booting and stopping take a while. */
class LoggingHost {
  #onRequest: (kind: 'reboot' | 'poweroff') => void = () => undefined;

  constructor(
    readonly spec: HostSpec,
    private readonly lab: Lab,
  ) {}

  async boot(): Promise<void> {
    this.#say('boot');
    await this.lab.timeline.sleep(20_000);
    this.#say('up');
  }

  async shutdown(): Promise<void> {
    this.#say('stopping');
    await this.lab.timeline.sleep(5_000);
    this.#say('stopped');
  }

  resume(): void {
    this.#say('resume');
  }

  /** 1.5 GB are in use. */
  readonly resources = { diskUsedMb: 1536 };

  cutPower(): void {
    this.#say('cut');
  }

  destroy(): void {
    this.#say('destroy');
  }

  onPowerRequest(listener: (kind: 'reboot' | 'poweroff') => void): () => void {
    this.#onRequest = listener;
    return () => undefined;
  }

  request(kind: 'reboot' | 'poweroff'): void {
    this.#onRequest(kind);
  }

  #say(what: string): void {
    this.lab.log.push(`${this.spec.name} ${what}`);
  }
}

/** A cloud whose hosts and network only write down what happens to them. `restart` is what a new process would find. */
export class Lab {
  readonly timeline: VirtualTimeline;
  readonly hosts = new Map<number, LoggingHost>();
  readonly log: string[] = [];
  readonly removed: number[] = [];
  readonly cloud: Cloud;
  readonly account: AccountRecord;

  constructor(
    readonly state = new MemoryState(),
    start = 0,
  ) {
    this.timeline = new VirtualTimeline(Infinity, start);
    const { timeline } = this;
    this.cloud = createCloud({
      ...{ state, timeline, random: createRandom(state, 'seed'), ledger: createLedger(timeline) },
      ...{ profile: profiles.default, catalogue: catalogues['2016'] },
      createHost: (spec) => this.#createHost(spec),
      listener: {
        on: () => undefined,
        cut: (id) => this.log.push(`freeze ${id}`),
        changed: () => undefined,
        gone: (id) => this.log.push(`gone ${id}`),
      },
      disks: {
        copy: (from, to) => this.log.push(`disk ${from} to ${to}`),
        remove: (id) => this.removed.push(id),
      },
    });
    this.account = this.cloud.accounts.put({ name: 'Test', tokens: [] });
  }

  /** The process is killed at this moment and started again. */
  restart(): Lab {
    const now = this.timeline.now();
    this.timeline.dispose();
    const copy = new MemoryState();
    for (const [name, section] of this.state.sections) copy.sections.set(name, structuredClone(section));
    const next = new Lab(copy, now);
    next.cloud.firewalls.resume();
    next.cloud.lifecycle.resume();
    return next;
  }

  create(...names: string[]): number[] {
    const made = this.cloud.droplets.create(this.account, {
      ...{ names, region: 'nyc3', size: '512mb', image: 'coreos-stable', sshKeys: [], tags: ['t'] },
      ...{ userData: '#cloud-config', hasMonitoring: false, vpc: undefined },
    });
    return made.map(({ droplet }) => droplet.id);
  }

  droplet(id: number) {
    const droplet = this.cloud.store.droplet(id);
    if (droplet === undefined) throw new Error(`no droplet ${id}`);
    return droplet;
  }

  #createHost(spec: HostSpec): PoweredHost {
    const host = new LoggingHost(spec, this);
    this.hosts.set(spec.dropletId, host);
    // The cloud does no more with a host than switch it.
    return host as unknown as PoweredHost;
  }
}
