import type { HostSpec, PoweredHost } from '../kernel';
import { addressingOfDroplet } from './dropletAddressing';
import { diskOf } from './dropletChanges';
import type { DropletRecord } from './records';
import type { CloudStore } from './store';

/** What the network has to know about power. */
export interface PowerListener {
  /** The plug is pulled at this moment: open connections freeze. */
  cut(dropletId: number): void;
  on(dropletId: number): void;
  changed(): void;
  /** The droplet and its ports are no more. */
  gone(dropletId: number): void;
}

interface Parts {
  readonly store: CloudStore;
  readonly createHost: (spec: HostSpec) => PoweredHost;
  readonly listener: PowerListener;
}

/**
 * One droplet's inside and its power switch. Every change of power counts up, so that a boot which was cut short does not report
 * success when it comes back.
 */
export class Machine {
  readonly host: PoweredHost;
  #change = 0;

  constructor(
    private readonly droplet: DropletRecord,
    private readonly parts: Parts,
  ) {
    this.host = parts.createHost(specOf(droplet, parts.store));
    this.host.onPowerRequest((kind) => {
      void this.shutdown(kind === 'reboot' ? 'reboot' : 'off');
    });
  }

  /** Returns at once; the boot goes on by itself. */
  powerOn(): void {
    this.#set('booting');
    this.parts.listener.on(this.droplet.id);
    const change = this.#change;
    void this.host.boot().then(
      () => {
        if (change === this.#change) this.#set('up');
      },
      (error: unknown) => {
        if (change === this.#change) throw error; // not cut short by us: the model itself failed
      },
    );
  }

  /** After a restart of the process: a boot or a shutdown that was under way comes to its end, anything else goes on where it was. */
  resume(): void {
    const { power, leaving } = this.droplet;
    if (power === 'booting' || leaving === 'reboot') this.powerOn();
    else if (leaving === 'off') this.#set('off');
    else if (power === 'up') this.host.resume();
  }

  cutPower(): void {
    this.parts.listener.cut(this.droplet.id);
    this.#set('off');
    this.host.cutPower();
    this.parts.listener.changed();
  }

  /** The node stops its units first; afterwards it stays off or boots. */
  async shutdown(then: 'off' | 'reboot'): Promise<void> {
    this.#change += 1;
    const change = this.#change;
    this.droplet.leaving = then;
    this.parts.store.changed();
    await this.host.shutdown();
    if (change !== this.#change) return; // something else happened to its power meanwhile
    this.parts.listener.cut(this.droplet.id);
    if (then === 'reboot') this.powerOn();
    else this.#set('off');
  }

  destroy(): void {
    this.#change += 1;
    this.parts.listener.cut(this.droplet.id);
    this.host.cutPower();
    this.host.destroy();
    this.parts.listener.gone(this.droplet.id);
  }

  #set(power: DropletRecord['power']): void {
    this.#change += 1;
    this.droplet.power = power;
    delete this.droplet.leaving;
    this.droplet.status = power === 'off' ? 'off' : 'active';
    this.parts.store.changed();
    this.parts.listener.changed();
  }
}

function specOf(droplet: DropletRecord, store: CloudStore): HostSpec {
  const { publicAddress, privateAddress, image, size } = droplet;
  if (publicAddress === undefined || privateAddress === undefined) {
    throw new Error(`Droplet ${droplet.id} has no addresses yet`);
  }
  // etcd2 and fleet were in every CoreOS image of before 2018, and in none after it; an imported one is taken for an old one.
  const hasFleet = image.distribution === 'CoreOS';
  return {
    ...{
      dropletId: droplet.id,
      name: droplet.hostName ?? droplet.name,
      publicAddress,
      privateAddress,
      regionSlug: droplet.regionSlug,
    },
    image: { slug: image.slug, distribution: image.distribution, hasFleet },
    ...{ memoryMb: size.memoryMb, vcpus: size.vcpus, diskGb: diskOf(droplet) },
    addressing: () => addressingOfDroplet(droplet, store.data.vpcs),
    ...{ userData: store.data.userData[droplet.userData] ?? '', sshPublicKeys: droplet.keys },
  };
}
