import type { SFTPWrapper } from 'ssh2';

/** The client has closed its side: answers with success and closes ours. ssh2 has no exit status for a subsystem, scp wants one. */
export function endWell(client: SFTPWrapper): void {
  const protocol: unknown = Reflect.get(client, '_protocol');
  const outgoing: unknown = Reflect.get(client, 'outgoing');
  if (canExit(protocol) && hasId(outgoing)) {
    protocol.exitStatus(outgoing.id, 0);
  }
  client.end();
}

const canExit = (value: unknown): value is { exitStatus(channel: number, code: number): void } =>
  typeof value === 'object' && value !== null && 'exitStatus' in value && typeof value.exitStatus === 'function';

const hasId = (value: unknown): value is { id: number } =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number';
