import { renderTable } from '../../fleet/cli/table';
import { isPlatformUnit } from '../components';
import type { DeisctlCall } from './call';

const short = (id: string): string => `${id.slice(0, 8)}...`;

/** Reads the registry itself, and so shows stale rows without a word for as long as there is no quorum. */
export async function list(call: DeisctlCall): Promise<void> {
  await call.reachable('states');
  const addresses = new Map(call.registry.machines().map((machine) => [machine.id, machine.publicIp]));
  const rows = call.registry
    .states()
    .filter((state) => isPlatformUnit(state.name))
    .map((state) => {
      const address = addresses.get(state.machineId);
      const machine = address === undefined ? short(state.machineId) : `${short(state.machineId)}/${address}`;
      return [state.name, machine, state.load, state.active, state.sub];
    });
  call.out(renderTable([['UNIT', 'MACHINE', 'LOAD', 'ACTIVE', 'SUB'], ...rows]));
}

export async function machines(call: DeisctlCall): Promise<void> {
  await call.reachable('machines');
  const rows = call.registry.machines().map((machine) => {
    const metadata = Object.entries(machine.metadata).map(([key, value]) => `${key}=${value}`);
    return [short(machine.id), machine.publicIp, metadata.length === 0 ? '-' : metadata.sort().join(',')];
  });
  call.out(renderTable([['MACHINE', 'IP', 'METADATA'], ...rows]));
}
