import { DAEMON_MB } from '../../host/resources/weights';
import { counter, gauge, processMetrics, writeMetrics } from '../../network/goMetrics';
import type { EngineCounts } from '../engineCounts';
import type { FleetApi } from '../server';

/** Prometheus' page came with 1.0; it is not there while fleetd is without etcd, as all else (fleet, api/mux.go). */
export const hasMetrics = (fleet: FleetApi, path: string): boolean =>
  path === '/metrics' && fleet.isAvailable && fleet.version.short !== '0.11';

/** What fleet 1.0 registers: five families, of which those by type begin with the first of their kind (metrics/metrics.go). */
export function describeFleet(counts: EngineCounts, now: number): string {
  const { startedAt } = counts;
  const tasks = Object.fromEntries([...counts.tasks].map(([type, count]) => [`type="${type}"`, count] as const));
  return writeMetrics([
    gauge(
      'fleet_engine_leader_start_time',
      'Start time of becoming an engine leader since epoch in seconds.',
      counts.leaderStart,
    ),
    counter('fleet_engine_reconcile_count_total', 'Counter of reconcile rounds.', counts.rounds(now)),
    counter('fleet_engine_task_count_total', 'Counter of engine schedule tasks.', tasks),
    ...processMetrics({ memoryMb: DAEMON_MB['/usr/bin/fleetd'] ?? 0, startedAt, fds: 14 }),
  ]);
}
