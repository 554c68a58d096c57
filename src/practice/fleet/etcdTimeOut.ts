import type { FleetApi } from './server';

const endpoint = (port: number): string => `client: endpoint http://127.0.0.1:${port} exceeded header timeout`;

/** What etcd's client says when neither of etcd's two ports has an answer in time. */
export const ETCD_TIME_OUT = `client: etcd cluster is unavailable or misconfigured; error #0: ${endpoint(2379)}\n; error #1: ${endpoint(4001)}`;

/**
 * fleet 1.0's agent reads what it should run by majority; without one it says so, until fleetd gives up (the recorded
 * no-quorum/journal-fleet-all). Answers how late a heartbeat is that finds no etcd.
 */
export function logBlindAgent(fleet: FleetApi): number {
  if (fleet.version.short === '1.0') {
    fleet.log('fetchUnits', `failed fetching all Units from etcd: ${ETCD_TIME_OUT}`);
    fleet.log('agentFetch', `Failed fetching Units from Registry: ${ETCD_TIME_OUT}`);
    fleet.log('agentDesired', `Unable to determine agent's desired state: ${ETCD_TIME_OUT}`);
  }
  return Infinity;
}
