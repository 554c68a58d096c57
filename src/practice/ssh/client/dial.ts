import type { Duplex } from 'node:stream';
import type { Host, Kernel } from '../../kernel';
import { createWire } from '../../network/wire';
import { openTarget } from '../forwarding';

interface Target {
  readonly address: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** A TCP connection from one node to another inside the model, or why there is none, in the kernel's words. */
export async function dial(host: Host, kernel: Kernel, target: Target): Promise<Duplex | string> {
  const { address, port, signal } = target;
  const serve = await openTarget({ kernel, host }, { address, port }, signal);
  if (typeof serve === 'string') {
    return serve;
  }
  const [near, far] = createWire({ settle: () => undefined, remoteAddress: host.privateAddress });
  far.on('error', () => undefined);
  near.on('error', () => undefined);
  serve(far);
  return near;
}
