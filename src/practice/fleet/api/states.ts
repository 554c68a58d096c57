import type { UnitStateRecord } from '../registry';
import { registryOf } from './access';
import { HandlerPanic } from './errors';
import type { FleetCall, FleetReply } from './handle';
import { pageOf } from './paging';

const shown = (state: UnitStateRecord): object => ({
  hash: state.hash,
  machineID: state.machineId,
  name: state.name,
  systemdActiveState: state.active,
  systemdLoadState: state.load,
  systemdSubState: state.sub,
});

/**
 * What one machine says of a unit: fleetctl 1.0 asks it after a start (fleet, api/state.go, `get`). fleetd stumbles over a unit that
 * no machine has (client/registry.go, `UnitState`, maps what is nil). @throws HandlerPanic
 */
export function getState({ fleet }: FleetCall, name: string): FleetReply {
  const [state] = registryOf(fleet).statesOf(name);
  if (state === undefined) {
    throw new HandlerPanic(`no machine has a state of ${name}`);
  }
  return { status: 200, body: shown(state) };
}

export function listStates({ fleet, query }: FleetCall): FleetReply {
  const [unitName, machineId] = [query.get('unitName') ?? '', query.get('machineID') ?? ''];
  const states = registryOf(fleet)
    .states()
    .filter((state) => unitName === '' || state.name === unitName)
    .filter((state) => machineId === '' || state.machineId === machineId);
  const { items, nextPageToken } = pageOf(states, query);
  return {
    status: 200,
    body: {
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
      ...(items.length === 0 ? {} : { states: items.map(shown) }),
    },
  };
}
