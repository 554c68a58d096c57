import type { Duplex } from 'node:stream';
import { createBlankHost } from './blankHost';
import type { HostSpec, Kernel, PoweredHost } from './kernel';
import type { Internet } from './network/internet';

/** The insides of droplets: what createCloud powers and what the gates hand connections to. */
export interface Nodes {
  createHost(spec: HostSpec): PoweredHost;
  acceptSsh(dropletId: number, stream: Duplex): void;
  forget(dropletId: number): void;
}

export function composeNodes(kernel: Kernel, _internet: Internet): Nodes {
  return {
    createHost: (spec) => createBlankHost(kernel, spec),
    acceptSsh: (_id, stream) => stream.end('SSH-2.0-blank\r\n'),
    forget: () => undefined,
  };
}
