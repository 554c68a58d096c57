import { streams, type HowToCompare } from '../compare';
import { startPlatform } from '../platform';
import type { Scenario } from '../stage';

/** In the manner of Deis' contrib/util/custom-firewall.sh, line for line of what it writes: the members in one rule, SSH and three ports. */
const SCRIPT = String.raw`#!/bin/bash
echo "Obtaining IP addresses of the nodes in the cluster..."
MEMBERS=$(fleetctl list-machines --fields=ip --no-legend | awk -vORS=, '{ print $1 }' | sed 's/,$/\n/')
echo "Cluster IPs: $MEMBERS"
echo "Creating firewall Rules..."
rules=$(cat <<EOF
*filter

:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:Firewall-INPUT - [0:0]
-A INPUT -j Firewall-INPUT
-A FORWARD -j Firewall-INPUT
-A Firewall-INPUT -i lo -j ACCEPT
-A Firewall-INPUT -p icmp --icmp-type echo-reply -j ACCEPT
-A Firewall-INPUT -p icmp --icmp-type destination-unreachable -j ACCEPT
-A Firewall-INPUT -p icmp --icmp-type time-exceeded -j ACCEPT

# Somebody who pings
-A Firewall-INPUT -p icmp --icmp-type echo-request -j ACCEPT

# What is under way
-A Firewall-INPUT -m conntrack --ctstate  ESTABLISHED,RELATED -j ACCEPT

# The members
-A Firewall-INPUT -s $MEMBERS -j ACCEPT

# Containers
-A Firewall-INPUT -i docker0 -j ACCEPT

# SSH, git, the web
-A Firewall-INPUT -m conntrack --ctstate NEW -m multiport -p tcp --dports 22,2222,80,443 -j ACCEPT

# Nobody else
-A Firewall-INPUT -j LOG
-A Firewall-INPUT -j REJECT

COMMIT
EOF
)
if [[ -z "$DEBUG" ]]; then
  echo "$rules"
fi
echo "Saving firewall Rules"
echo "$rules" | sudo tee /var/lib/iptables/rules-save > /dev/null
echo "Enabling iptables service"
sudo systemctl enable iptables-restore.service
echo "Loading custom iptables firewall"
sudo /sbin/iptables-restore --noflush /var/lib/iptables/rules-save
echo "Done"
`;

/** The recording's Debian has no such service; CoreOS has, and says so when it is enabled, on the same stream. */
const SERVICE = [
  [/^Failed to enable unit: Unit file iptables-restore\.service does not exist\.$/gm, '‹service›'],
  [/^Created symlink .*iptables-restore\.service.*$/gm, '‹service›'],
] as const;
const AGAIN = [[/^Failed to enable unit: Unit file iptables-restore\.service does not exist\.\n/gm, '']] as const;
/** Which machine fleet names first is chance. */
const ORDER = [[/^Cluster IPs: .*$/gm, 'Cluster IPs: ‹five›']] as const;
const COUNTERS = [
  [/^ *\d+[KMG]? +\d+[KMG]? (?=\S)/gm, '‹counters› '],
  [/\d+ packets, \d+ bytes/g, '‹counters›'],
  [/(‹address \d›) +(?=\d)/g, '$1 '],
] as const;

export const scenario: Scenario = {
  async run(stage) {
    await startPlatform(stage, ['router@1', 'router@2', 'router@3']);
    // The recording's deis-4 had a router.
    const node = await stage.nodeOf('deis-router@1.service');
    const on = { node };
    const address = stage.lab.cluster.addresses[Number(node.slice(-1)) - 1] ?? '';
    await stage.lab.write(node, 'fw.sh', SCRIPT);
    await stage.prepare(node, 'sudo mkdir -p /var/lib/iptables');
    const script: HowToCompare = { chance: [...SERVICE, ...ORDER] };
    await stage.row('iptables-S-before.txt', on);
    await stage.row('script-output.txt', { ...on, as: streams(script) });
    await stage.row('iptables-S-after.txt', { ...on, as: streams() });
    await stage.row('iptables-S-after-counters.txt', { ...on, as: streams({ chance: COUNTERS }) });
    for (const port of [22, 80, 2222, 443, 2379, 4001, 8000, 2380]) {
      await stage.row(`outside-port-${port}.txt`, {
        ourCommand: `timeout 6 bash -c "exec 3<>/dev/tcp/${address}/${port}" ; echo rc=$?`,
        // bash 5 names the line, CoreOS' bash 4.3 does not.
        as: streams({ chance: [[/^bash: line 1: /gm, 'bash: ']] }),
      });
    }
    const member = node === 'deis-1' ? 'deis-2' : 'deis-1';
    const health = `curl -sS -m 5 http://${address}:2379/health`;
    await stage.row('inside-2379.txt', { node: member, ourCommand: health });
    // CoreOS has made the link already, and says nothing.
    const again: HowToCompare = { chance: [...AGAIN, ...(script.chance ?? [])] };
    await stage.row('script-again.txt', { ...on, as: streams(again) });
    const open = ['-P INPUT ACCEPT', '-P FORWARD ACCEPT', '-F', '-X'].map((one) => `sudo iptables ${one}`).join(' && ');
    await stage.prepare(node, open);
    await stage.row('iptables-S-flushed.txt', on);
  },
};
