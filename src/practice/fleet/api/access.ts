import { ETCD_TIME_OUT } from '../etcdTimeOut';
import type { Registry } from '../registry';
import type { FleetApi } from '../server';
import { FleetApiError, noEtcd } from './errors';

const ENDPOINTS = 2;

/** What this node's etcd knows; without a quorum that may be stale, and fleet says so only when it gives up. */
export function registryOf(fleet: FleetApi): Registry {
  if (fleet.registry === undefined) {
    throw noEtcd();
  }
  return fleet.registry;
}

/**
 * fleet 1.0 reads units by majority: without one it answers with a bare 500 after its time-outs, one for each of etcd's two ports
 * (the recorded traces, power-off/timeline-kill-3). 0.11 goes on with what it has.
 */
export async function unitRegistryOf(fleet: FleetApi): Promise<Registry> {
  const registry = registryOf(fleet);
  if (fleet.version.short === '1.0' && !(await hasQuorumInTime(fleet, registry))) {
    timeOut(fleet, 'failed fetching all Units from etcd');
  }
  return registry;
}

/** Writes need a majority in both versions. */
export async function writableRegistryOf(fleet: FleetApi): Promise<Registry> {
  const registry = registryOf(fleet);
  if (!(await hasQuorumInTime(fleet, registry))) {
    timeOut(fleet, 'failed writing to etcd');
  }
  return registry;
}

/** Each of etcd's two ports is given a second: an election takes no longer, and is not noticed. */
async function hasQuorumInTime({ kernel }: FleetApi, registry: Registry): Promise<boolean> {
  for (let tries = 0; tries < ENDPOINTS && !registry.hasQuorum; tries += 1) {
    await kernel.timeline.sleep(1_000);
  }
  return registry.hasQuorum;
}

function timeOut(fleet: FleetApi, what: string): never {
  fleet.log('fetchUnits', `${what}: ${ETCD_TIME_OUT}`);
  fleet.log('fetchPage', `Failed fetching page of Units: ${ETCD_TIME_OUT}`);
  throw new FleetApiError(
    fleet.isAvailable ? 500 : 503,
    fleet.isAvailable ? '' : 'fleet server unable to communicate with etcd',
  );
}
