import type { Host, Kernel } from '../kernel';

interface Attempt {
  readonly host: Host;
  readonly kernel: Kernel;
  /** `/dev/tcp/HOST/PORT`. */
  readonly path: string;
  readonly signal: AbortSignal;
}

/** How long Linux tries to connect (`tcp_syn_retries` 6). */
const CONNECT_TIMEOUT_MS = 127_000;
/** How long it asks who has an address of its own network (ARP) before it gives up. */
const ARP_MS = 3_000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1', '0.0.0.0']);

export type Reachable = 'open' | 'refused' | 'mute' | 'nobody' | 'unknown';

/** Whether a node gets a TCP connection to a port, asked of the model. */
export function reach(host: Host, kernel: Kernel, target: { address: string; port: number }): Reachable {
  const { address, port } = target;
  if (LOOPBACK.has(address) || address === host.name) {
    return isListening(host, port) ? 'open' : 'refused';
  }
  const dropletId = kernel.network.dropletAt(address);
  if (dropletId === undefined) {
    if (!/^[\d.]+$/.test(address)) {
      return 'unknown';
    }
    // DigitalOcean's private network is 10.0.0.0/8, where nobody answers for this address; elsewhere routers just forward.
    return address.startsWith('10.') ? 'nobody' : 'mute';
  }
  if (dropletId === host.dropletId) {
    return isListening(host, port) && host.listener({ port })?.isLocal !== true ? 'open' : 'refused';
  }
  return kernel.network.probe({ dropletId: host.dropletId }, dropletId, port);
}

const isListening = (host: Host, port: number): boolean =>
  port === 22 || host.listener({ port }) !== undefined || host.listeningPorts.includes(port);

/** Waits as a connecting program does; undefined when connected, else why not. */
export async function connect(
  host: Host,
  kernel: Kernel,
  attempt: { address: string; port: number; signal: AbortSignal },
): Promise<string | undefined> {
  switch (reach(host, kernel, attempt)) {
    case 'open':
      return undefined;
    case 'refused':
      return 'Connection refused';
    case 'unknown':
      return 'Name or service not known';
    case 'nobody':
      await kernel.timeline.sleep(ARP_MS, attempt.signal);
      return 'No route to host';
    case 'mute':
      await kernel.timeline.sleep(CONNECT_TIMEOUT_MS, attempt.signal);
      return 'Connection timed out';
  }
}

/** bash's `/dev/tcp/HOST/PORT`: undefined when connected, else why not. */
export async function connectTo({ host, kernel, path, signal }: Attempt): Promise<string | undefined> {
  const [, , , address = '', port = ''] = path.split('/');
  return await connect(host, kernel, { address, port: Number(port), signal });
}
