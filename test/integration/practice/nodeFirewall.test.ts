import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Nodes, startNodes } from './nodes';
import { skipWithoutPackage } from './clients/programs';
import { removeFolder } from '../removeFolder';
import { temporaryFolder, type Practice } from './support';

const skip = skipWithoutPackage('ssh');

/** In the manner of the guide's last step: only the members and four ports may come in. */
const FIREWALL = `
MEMBERS=$(fleetctl list-machines --fields=ip --no-legend)
{
  echo '*filter'
  echo ':INPUT DROP [0:0]'
  echo ':Firewall-INPUT - [0:0]'
  echo '-A INPUT -j Firewall-INPUT'
  echo '-A Firewall-INPUT -i lo -j ACCEPT'
  echo '-A Firewall-INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT'
  for ip in $MEMBERS; do echo "-A Firewall-INPUT -s $ip -j ACCEPT"; done
  echo '-A Firewall-INPUT -m conntrack --ctstate NEW -m multiport -p tcp --dports 22,2222,80,443 -j ACCEPT'
  echo '-A Firewall-INPUT -j REJECT'
  echo COMMIT
} | sudo tee /var/lib/iptables/rules-save > /dev/null
sudo iptables-restore --noflush < /var/lib/iptables/rules-save
`;

describe('the firewall that a node itself loads', { skip, timeout: 120_000 }, () => {
  let folder: string;
  let practice: Practice;
  let nodes: Nodes;
  const start = async (): Promise<void> => {
    ({ practice, nodes } = await startNodes(folder));
  };
  before(async () => {
    folder = temporaryFolder();
    await start();
    await nodes.create(['w-1', 'w-2', 'w-3'], {});
    await nodes.until('w-1', 'fleetctl list-machines --no-legend | wc -l', /^3/);
  });
  after(async () => {
    await practice.kill();
    await removeFolder(folder);
  });

  /** What somebody outside hears at a public port. */
  const knock = async (port: number): Promise<string> => {
    const socket = connect(await nodes.port('w-1', port), '127.0.0.1');
    return await new Promise<string>((resolve) => {
      socket.once('data', (chunk) => resolve(String(chunk).slice(0, 7)));
      socket.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
      socket.once('close', () => resolve('closed'));
      socket.write('GET /health HTTP/1.0\r\n\r\n');
    }).finally(() => socket.destroy());
  };

  it('refuses etcd to the Internet, not to the members and not to SSH', async () => {
    assert.equal(await knock(2379), 'HTTP/1.');
    const { code, stderr } = await nodes.run('w-1', 'bash -s', FIREWALL);
    assert.deepEqual([code, stderr], [0, '']);

    assert.equal(await knock(2379), 'ECONNRESET');
    const address = (await nodes.run('w-1', '. /etc/environment; echo $COREOS_PRIVATE_IPV4')).stdout.trim();
    assert.match((await nodes.run('w-2', `curl -sS -m 5 http://${address}:2379/health`)).stdout, /"true"/);
  });

  it('is still there when the practice cloud was killed and started again', async () => {
    await practice.kill('SIGKILL');
    await start();
    await nodes.until('w-1', 'hostname', /w-1/);

    assert.equal(await knock(2379), 'ECONNRESET');
    assert.match((await nodes.run('w-1', 'sudo iptables -S')).stdout, /-A Firewall-INPUT -j REJECT/);
  });
});
