import { clusterTag } from '../model/cluster';
import type { Firewall, FirewallRule, FirewallSpec } from '../model/cloud';
import type { Run } from '../plan/step';
import { effect } from './account';
import { firewallName } from './names';

const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** What the Internet may reach once the platform runs: the routers' web ports, and git push. */
export const PUBLIC_PORTS = [80, 443, 2222] as const;

/**
 * The rules of Deis' own firewall script (contrib/util/custom-firewall.sh) as a cloud firewall. It is attached by tag before
 * there is a droplet, so etcd, the registry and the database are never open to the world, not even for the first minutes.
 */
export function firewallSpec(clusterId: string, isOpen: boolean): FirewallSpec {
  const tag = clusterTag(clusterId);
  const fromAnywhere = (port: number): FirewallRule => ({ protocol: 'tcp', ports: String(port), addresses: ANYWHERE });
  const inside: FirewallRule[] = [
    { protocol: 'tcp', ports: '0', tags: [tag] },
    { protocol: 'udp', ports: '0', tags: [tag] },
  ];
  return {
    name: firewallName(clusterId),
    tags: [tag],
    inbound: [
      ...[22, ...(isOpen ? PUBLIC_PORTS : [])].map(fromAnywhere),
      { protocol: 'icmp', ports: '0', addresses: ANYWHERE, tags: [tag] },
      ...inside,
    ],
    // Everything outbound: images, the discovery service, and DHCP, without which a custom image loses its address.
    outbound: [
      { protocol: 'tcp', ports: '0', addresses: ANYWHERE },
      { protocol: 'udp', ports: '0', addresses: ANYWHERE },
      { protocol: 'icmp', ports: '0', addresses: ANYWHERE },
    ],
  };
}

/** By the id in the journal, or by name when the reply that brought the id was lost. */
export async function findFirewall(run: Run): Promise<Firewall | undefined> {
  const { cloud } = run.provider;
  const { firewallId } = run.journal.data;
  if (firewallId !== undefined) {
    const firewall = await cloud.getFirewall(firewallId, run.signal);
    if (firewall !== undefined) {
      return firewall;
    }
  }
  const name = firewallName(run.clusterId);
  const firewall = (await cloud.listFirewalls(run.signal)).find((candidate) => candidate.name === name);
  if (firewall !== undefined) {
    await remember(run, firewall.id);
  }
  return firewall;
}

export async function createFirewall(run: Run): Promise<void> {
  const spec = firewallSpec(run.clusterId, false);
  const firewall = await effect(run, (signal) => run.provider.cloud.createFirewall(spec, signal));
  await remember(run, firewall.id);
}

async function remember(run: Run, id: string): Promise<void> {
  await run.journal.change((journal) => {
    journal.firewallId = id;
  });
}

/** Whether the Internet reaches these ports, as far as the rules say. */
export const opensPorts = (firewall: Firewall, ports: readonly number[]): boolean =>
  ports.every((port) =>
    firewall.inbound.some(
      (rule) =>
        rule.protocol === 'tcp' && rule.ports === String(port) && rule.addresses?.includes('0.0.0.0/0') === true,
    ),
  );
