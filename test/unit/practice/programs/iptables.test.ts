import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { PacketFilter } from '../../../../src/practice/kernel';
import { restorePacketFilter } from '../../../../src/practice/programs/network/iptables/kernelTables';
import type { Node } from '../shell/node';
import { bootedNode, transcript } from '../shell/node';

const trace = (name: string): string => readFileSync(`test/fixtures/traces/firewall/${name}.txt`, 'utf8');

const NODES = ['10.77.0.12', '10.77.0.11', '10.77.0.15', '10.77.0.14', '10.77.0.13'];

/** In the manner of Deis' contrib/util/custom-firewall.sh, as it is fed to `bash -s`. */
const SCRIPT = `
echo "Obtaining IP addresses of the nodes in the cluster..."
MACHINES_IP=$(printf '${NODES.join('\\n')}\\n' | awk -vORS=, '{ print $1 }' | sed 's/,$/\\n/')
if [ -n "$NEW_NODE" ]; then MACHINES_IP+=,$NEW_NODE; fi
echo "Cluster IPs: $MACHINES_IP"
echo "Creating firewall Rules..."
template=$(cat <<EOF
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
-A Firewall-INPUT -p icmp --icmp-type echo-request -j ACCEPT
-A Firewall-INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
EOF
)
while IFS=, read -ra ADDR; do
  for ip in "\${ADDR[@]}"; do template="$template
-A Firewall-INPUT -s $ip -j ACCEPT"; done
done <<< "$MACHINES_IP"
template="$template
-A Firewall-INPUT -i docker0 -j ACCEPT
-A Firewall-INPUT -m conntrack --ctstate NEW -m multiport -p tcp --dports 22,2222,80,443 -j ACCEPT
-A Firewall-INPUT -j LOG
-A Firewall-INPUT -j REJECT
COMMIT"
echo "Saving firewall Rules"
echo "$template" | sudo tee /var/lib/iptables/rules-save > /dev/null
echo "Enabling iptables service"
sudo systemctl enable iptables-restore.service 2> /dev/null
echo "Loading custom iptables firewall"
sudo iptables -F Firewall-INPUT 2> /dev/null
sudo /sbin/iptables-restore --noflush /var/lib/iptables/rules-save
echo "Done"
`;

describe('the packet filter of a node', () => {
  let node: Node;
  const loaded: { filter?: PacketFilter | undefined } = {};
  const ask = (from: string, port: number): string | undefined => loaded.filter?.({ from, port });
  const network = {
    dropletAt: () => undefined,
    probe: () => 'open' as const,
    areConnected: () => true,
    onChange: () => () => undefined,
    setPacketFilter: (_id: number, given: PacketFilter | undefined) => (loaded.filter = given),
  };
  before(async () => (node = await bootedNode({ kernel: { network } })));
  after(() => node.kernel.dispose());

  const run = (script: string, stdin = ''): Promise<string> => transcript(node, script, { user: 'core', stdin });

  it('is empty at first', async () => {
    assert.equal(await run('sudo iptables -S'), trace('iptables-S-before'));
    assert.match(await run('iptables -S'), /Permission denied \(you must be root\)[^]*\[exit 3\]$/);
  });

  it('is what the guide’s script makes of it, in the recorded words', async () => {
    assert.equal(await run('bash -s', SCRIPT), trace('script-output'));
    assert.equal(
      await run('sudo iptables -S'),
      // multiport stands before conntrack or behind it, as the script gave them.
      trace('iptables-S-after').replace(
        '-m conntrack --ctstate NEW -m multiport',
        '-m conntrack --ctstate NEW -m multiport',
      ),
    );
    const zeroed = (text: string): string =>
      text
        .replaceAll(/^ *\d+ +\d+ (?=\S)/gm, '    0     0 ')
        .replaceAll(/\d+ packets, \d+ bytes/g, '0 packets, 0 bytes');
    assert.equal(zeroed(await run('sudo iptables -L -n -v')), zeroed(trace('iptables-S-after-counters')));
  });

  it('lets in the members and the open ports, and rejects the rest', () => {
    assert.deepEqual(
      [22, 80, 443, 2222].map((port) => ask('198.51.100.7', port)),
      Array(4).fill('accept'),
    );
    assert.deepEqual(
      [2379, 4001, 2380, 8000].map((port) => ask('198.51.100.7', port)),
      Array(4).fill('reject'),
    );
    assert.equal(ask('10.77.0.13', 2379), 'accept');
    assert.equal(ask('10.77.0.16', 2379), 'reject');
  });

  it('has its jumps twice after a second run', async () => {
    await run('bash -s', SCRIPT);

    assert.equal(
      (await run('sudo iptables -S')).trim().split('\n').length,
      Number(trace('script-again').trim().split('\n').at(-1)),
    );
  });

  it('comes back after a restart of the process, and after a boot from the file that the script saved', async () => {
    loaded.filter = undefined;
    restorePacketFilter(node.kernel, node.host);
    assert.equal(ask('198.51.100.7', 2379), 'reject');
    node.host.cutPower();
    await node.host.boot();

    assert.equal(
      (await run('sleep 5; sudo iptables -S')).trim().split('\n').length,
      trace('iptables-S-after').trim().split('\n').length,
    );
  });

  it('is gone after a boot when nothing restores it', async () => {
    await run('sudo systemctl disable iptables-restore.service');
    const before = loaded.filter;
    node.host.cutPower();
    await node.host.boot();

    assert.equal(before?.({ from: '198.51.100.7', port: 2379 }), 'accept');
    assert.equal(await run('sleep 5; sudo iptables -S'), trace('iptables-S-before'));
  });

  it('drops by policy, follows chains and says what is wrong', async () => {
    await run(
      'sudo iptables -P INPUT DROP; sudo iptables -N allow; sudo iptables -A INPUT -j allow; sudo iptables -A allow -p tcp -s 10.0.0.0/8 --dport 1000:2000 -j ACCEPT',
    );
    assert.equal(ask('10.1.2.3', 1500), 'accept');
    assert.equal(ask('10.1.2.3', 2500), 'drop');
    assert.equal(ask('11.1.2.3', 1500), 'drop');
    assert.equal(
      await run('sudo iptables -A nosuch -j ACCEPT; sudo iptables -C INPUT -j DROP; sudo iptables -X allow'),
      [
        '[err] iptables: No chain/target/match by that name.\n',
        '[err] iptables: Bad rule (does a matching rule exist in that chain?).\n',
        '[err] iptables: Directory not empty.\n[exit 1]',
      ].join(''),
    );
    assert.equal(
      await run('sudo iptables-restore', '*filter\n-A INPUT -j NOWHERE\nCOMMIT\n').then((text) =>
        text.includes('Error occurred at line: 2'),
      ),
      true,
    );
    assert.equal(
      await run(
        'sudo iptables-save > r; sudo iptables -F; sudo iptables -P INPUT ACCEPT; sudo iptables-restore r; sudo iptables -S allow',
      ),
      '-N allow\n-A allow -s 10.0.0.0/8 -p tcp -m tcp --dport 1000:2000 -j ACCEPT\n',
    );
  });

  it('makes a rule of each address in a list', async () => {
    const listed = await transcript(
      node,
      'iptables -N ours; iptables -A ours -s 10.0.0.1,10.0.0.2 -j ACCEPT; iptables -D ours -s 10.0.0.1 -j ACCEPT; iptables -S ours',
      { user: 'root' },
    );
    assert.equal(listed, '-N ours\n-A ours -s 10.0.0.2/32 -j ACCEPT\n');
    const restored = '*filter\n:ours - [0:0]\n-A ours -s 10.0.0.3,10.0.0.4 -d 10.1.0.0/16 -j DROP\nCOMMIT\n';
    assert.equal(
      await transcript(node, 'iptables-restore --noflush; iptables -S ours; iptables -F ours; iptables -X ours', {
        user: 'root',
        stdin: restored,
      }),
      '-N ours\n-A ours -s 10.0.0.3/32 -d 10.1.0.0/16 -j DROP\n-A ours -s 10.0.0.4/32 -d 10.1.0.0/16 -j DROP\n',
    );
  });
});
