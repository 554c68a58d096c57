import type { Cancel, Host, Kernel } from '../../kernel';

const SSH_PORT = 22;

export interface KeepAlive {
  /** ServerAliveInterval; 0: the server is never asked (ssh_config(5)). */
  readonly intervalMs: number;
  /** ServerAliveCountMax: so many questions may be without an answer. */
  readonly most: number;
}

export type Loss = 'silent' | 'reset';

/**
 * Asks the server at each interval whether it is still there, as OpenSSH's client does (clientloop.c, `server_alive_check`): without
 * it a session to a node that lost its power hangs for ever. A node that has booted since knows nothing of the connection.
 */
export function keepAlive(
  { host, kernel, address }: { readonly host: Host; readonly kernel: Kernel; readonly address: string },
  { intervalMs, most }: KeepAlive,
  lost: (how: Loss) => void,
): Cancel {
  const server = kernel.network.dropletAt(address);
  if (intervalMs <= 0 || server === undefined) {
    return () => undefined;
  }
  const boot = kernel.host(server)?.bootId;
  let unanswered = 0;
  const cancel = kernel.timeline.every(intervalMs, () => {
    const isHeard = kernel.network.probe({ dropletId: host.dropletId }, server, SSH_PORT) !== 'mute';
    unanswered = isHeard ? 0 : unanswered + 1;
    const isReset = isHeard && kernel.host(server)?.bootId !== boot;
    if (isReset || unanswered > most) {
      cancel();
      lost(isReset ? 'reset' : 'silent');
    }
  });
  return cancel;
}
