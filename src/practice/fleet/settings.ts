import type { Host, Kernel } from '../kernel';

type Environment = Readonly<Record<string, string>>;

/** An empty variable is as good as none. */
const notEmpty = (text: string | undefined): string | undefined => (text?.trim() === '' ? undefined : text?.trim());

/** What fleetd reads from its environment (`FLEET_*`), with fleet's defaults (fleet, Documentation/deployment-and-configuration.md). */
export interface FleetSettings {
  readonly publicIp: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly agentTtlSeconds: number;
  readonly engineIntervalMs: number;
  readonly etcdTimeoutMs: number;
  readonly isEngineOff: boolean;
}

export function readFleetSettings(host: Host, environment: Environment): FleetSettings {
  const get = (name: string): string | undefined => notEmpty(environment[`FLEET_${name}`]);
  return {
    publicIp: get('PUBLIC_IP') ?? host.privateAddress,
    metadata: parseMetadata(get('METADATA') ?? ''),
    agentTtlSeconds: seconds(get('AGENT_TTL'), 30),
    engineIntervalMs: seconds(get('ENGINE_RECONCILE_INTERVAL'), 2) * 1_000,
    etcdTimeoutMs: seconds(get('ETCD_REQUEST_TIMEOUT'), 1) * 1_000,
    isEngineOff: get('DISABLE_ENGINE') === 'true',
  };
}

export function parseMetadata(text: string): Record<string, string> {
  const pairs = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part.includes('='))
    .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)] as const);
  return Object.fromEntries(pairs);
}

/** `30s`, `1m`, `500ms`, or a plain number of seconds. */
function seconds(text: string | undefined, fallback: number): number {
  const match = /^([\d.]+)(ms|s|m|h)?$/.exec(text ?? '');
  if (match === null) {
    return fallback;
  }
  const factor = { ms: 0.001, s: 1, m: 60, h: 3_600 }[match[2] ?? 's'] ?? 1;
  return Number(match[1]) * factor || fallback;
}

/**
 * When unit states and the word that a unit was launched are written again: 1.0 does it at four fifths of their life, so that a dead
 * machine's rows may go before it does (the recorded power-off/timeline-kill-1, timeline-recovery-boot-all); 0.11 at half of it, as
 * it does with the machine (fleet-0.11.7/timeline-kill-1, timeline-recovery).
 */
export const refreshMs = (ttlSeconds: number, { fleetVersion }: Pick<Kernel, 'fleetVersion'>): number =>
  ttlSeconds * (fleetVersion === '1.0' ? 800 : 500);
