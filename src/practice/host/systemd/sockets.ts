import type { Unit } from './unit';
import { parseUnitName } from './unitName';

/** The service that a socket unit passes its connections to. */
export const serviceOf = (socket: Unit): string =>
  socket.config.socketService ?? `${parseUnitName(socket.name).prefix}.service`;

/** A socket is `running` while its service runs, `listening` otherwise. */
export function followService(units: Iterable<Unit>, changed: Unit): void {
  if (changed.config.name.kind !== 'service') {
    return;
  }
  for (const socket of units) {
    if (socket.config.name.kind === 'socket' && socket.active === 'active' && serviceOf(socket) === changed.name) {
      socket.set('active', changed.active === 'active' ? 'running' : 'listening');
    }
  }
}

/** Units other than services: nothing runs for them, they are just there. */
export const SUB_STATES: Readonly<Record<string, string>> = {
  socket: 'listening',
  target: 'active',
  timer: 'waiting',
  path: 'waiting',
  mount: 'mounted',
  swap: 'active',
};

export function startedWords(unit: Unit): string {
  const words: Readonly<Record<string, string>> = { target: 'Reached target', socket: 'Listening on' };
  return `${words[unit.config.name.kind] ?? 'Started'} ${unit.title}.`;
}

export function stoppedWords(unit: Unit): string {
  return `${unit.config.name.kind === 'target' ? 'Stopped target' : 'Closed'} ${unit.title}.`;
}
