/**
 * Rows that show what the recording stubbed or what its nodes were, not what CoreOS or the tools do: each with its reason. The list
 * is closed; truth fails when it names a row that is not there or more than a tenth of all.
 */
export const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  'system/os-release.txt': 'the recording ran on Debian 12, not on CoreOS',
  'system/df-output.txt': 'the recording’s root was an overlay inside a container',
  'system/df-P.txt': 'the recording’s root was an overlay inside a container',
  'system/fleet-unit.txt': 'the recorder wrote these unit files by hand, after CoreOS’s',
  'system/swapon-in-container-fails.txt': 'a container’s kernel refuses swap; a droplet’s does not',
  'deisctl/status-controller-local.txt': 'shows the processes of the recording’s stub of docker, and Debian’s systemd',
  'deisctl/journal-controller-local.txt': 'shows what the recording’s stub of docker printed',
  'deisctl/etcd-keys-deis.txt': 'the keys that the recording’s stub of docker wrote; components that run write more',
  'deisctl/etcd-after-uninstall.txt':
    'the keys that the recording’s stub of docker wrote; components that run write more',
  'sshd/kexinit.txt': 'the algorithms of Debian’s OpenSSH 9.2; CoreOS had 7.1',
  'firewall/iptables-version.txt': 'Debian’s iptables 1.8.9; CoreOS had 1.4.21',
  'firewall/rules-saved.txt': 'Debian has no iptables-restore.service; CoreOS has',
  'tunnel/timings.txt': 'how fast the recorder’s machine was, no program’s output',
  'power-off/ssh-dead-node-no-route.txt': 'the recording’s client was on the nodes’ own segment, where ARP fails',
};
