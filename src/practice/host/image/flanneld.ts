import * as v from 'valibot';
import type { Cancel, Daemon, DaemonFactory, Host } from '../../kernel';
import { insideOf } from '../inside';

const CONFIG_KEY = '/coreos.com/network/config';
const SUBNETS = '/coreos.com/network/subnets';
const LEASE_SECONDS = 86_400;
const RETRY_MS = 1000;
const configSchema = v.object({ Network: v.string() });

/** A subnet of its own for the containers of each host, agreed upon in etcd; docker waits for it (facts/coreos.md §2). */
export const flanneld: DaemonFactory = (host) => new Flanneld(host);

class Flanneld implements Daemon {
  readonly exited: Promise<number>;
  readonly ready: Promise<void>;
  readonly #host: Host;
  readonly #cancel: Cancel;
  #end: (code: number) => void = () => undefined;
  #becomeReady: () => void = () => undefined;
  #isTrying = false;

  constructor(host: Host) {
    this.#host = host;
    this.exited = new Promise((resolve) => (this.#end = resolve));
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve));
    this.#cancel = insideOf(host).kernel.timeline.every(RETRY_MS, () => this.#try());
    host.power.addEventListener('abort', () => this.#cancel(), { once: true });
    this.#log(`Using ${host.privateAddress} as external interface`);
    this.#try();
  }

  stop(): void {
    this.#cancel();
    this.#end(0);
  }

  #try(): void {
    if (this.#isTrying) {
      return;
    }
    this.#isTrying = true;
    this.#acquire()
      .catch((error: unknown) =>
        this.#log(`Failed to retrieve network config: ${error instanceof Error ? error.message : String(error)}`),
      )
      .finally(() => {
        this.#isTrying = false;
      });
  }

  async #acquire(): Promise<void> {
    const subnet = await lease(this.#host);
    if (this.#host.power.aborted) {
      return;
    }
    this.#cancel();
    insideOf(this.#host).tree.write(
      '/run/flannel/subnet.env',
      `FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=${subnet}\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n`,
    );
    this.#log(`Lease acquired: ${subnet}`);
    this.#becomeReady();
  }

  #log(text: string): void {
    if (!this.#host.power.aborted) {
      insideOf(this.#host).journal.append('flanneld.service', 'flanneld', text);
    }
  }
}

/** The subnet this host had before, else the first that nobody has. */
async function lease(host: Host): Promise<string> {
  const client = host.daemon('etcd')?.client;
  const text = client?.peek(CONFIG_KEY)?.value;
  if (client === undefined || text === undefined) {
    throw new Error('client: etcd cluster is unavailable or misconfigured');
  }
  const prefix = v.parse(configSchema, JSON.parse(text)).Network.split('.').slice(0, 2).join('.');
  const attributes = JSON.stringify({ PublicIP: host.privateAddress, BackendType: 'vxlan' });
  const leases = client.peek(SUBNETS)?.nodes ?? [];
  const own = leases.find(({ value }) => value === attributes);
  if (own !== undefined) {
    await client.set(own.key, { value: attributes, ttlSeconds: LEASE_SECONDS });
    return cidr(own.key);
  }
  for (let third = 1; third < 255; third += 1) {
    const key = `${SUBNETS}/${prefix}.${third}.0-24`;
    if (client.peek(key) === undefined && (await take(host, key, attributes))) {
      return cidr(key);
    }
  }
  throw new Error('out of subnets');
}

async function take(host: Host, key: string, value: string): Promise<boolean> {
  try {
    await host.daemon('etcd')?.client.set(key, { value, prevExist: false, ttlSeconds: LEASE_SECONDS });
    return true;
  } catch (error) {
    if (host.daemon('etcd')?.client.peek(key) !== undefined) {
      return false; // Another host was faster.
    }
    throw error;
  }
}

const cidr = (key: string): string => key.slice(key.lastIndexOf('/') + 1).replace('.0-24', '.1/24');
