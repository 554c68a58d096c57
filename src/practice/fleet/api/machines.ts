import { registryOf } from './access';
import type { FleetCall, FleetReply } from './handle';

export function listMachines({ fleet }: FleetCall): FleetReply {
  const machines = registryOf(fleet)
    .machines()
    .map(({ id, metadata, publicIp }) => ({
      id,
      ...(Object.keys(metadata).length === 0 ? {} : { metadata: sorted(metadata) }),
      primaryIP: publicIp,
    }));
  return { status: 200, body: machines.length === 0 ? {} : { machines } };
}

const sorted = (metadata: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
