import { registryOf } from './access';
import type { FleetCall, FleetReply } from './handle';
import { pageOf } from './paging';

export function listStates({ fleet, query }: FleetCall): FleetReply {
  const [unitName, machineId] = [query.get('unitName') ?? '', query.get('machineID') ?? ''];
  const states = registryOf(fleet)
    .states()
    .filter((state) => unitName === '' || state.name === unitName)
    .filter((state) => machineId === '' || state.machineId === machineId);
  const { items, nextPageToken } = pageOf(states, query);
  const shown = items.map((state) => ({
    hash: state.hash,
    machineID: state.machineId,
    name: state.name,
    systemdActiveState: state.active,
    systemdLoadState: state.load,
    systemdSubState: state.sub,
  }));
  return {
    status: 200,
    body: {
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
      ...(shown.length === 0 ? {} : { states: shown }),
    },
  };
}
