import type { FleetctlCall } from './call';

/** A line of fleet's own log: `2026/11/23 08:29:04 WARN fleetctl.go:674: …` (log/log.go). */
export function logLine(call: FleetctlCall, level: 'INFO' | 'WARN', place: string, text: string): string {
  const stamp = new Date(call.context.timeline.now()).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
  return `${stamp} ${level} ${place}: ${text}`;
}
