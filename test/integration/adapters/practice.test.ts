import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import ssh2 from 'ssh2';
import { createProviders, type Providers } from '../../../src/adapters/providers';
import { ClusterError } from '../../../src/core/errors';
import type { DropletActionType } from '../../../src/core/model/cloud';
import type { NodeConnection, NodeEndpoint, Provider } from '../../../src/core/ports';
import { removeFolder } from '../removeFolder';
import { memorySecrets, newFolder, windowOptions } from './window';
import { makeEd25519Pair } from '../../../src/practice/ssh/ed25519';

/** The adapters against the practice cloud that is shipped, started as a window starts it. */

const folder = newFolder();
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const hostKey = makeEd25519Pair();

function publicLine(pem: string): string {
  const key = ssh2.utils.parseKey(pem);
  assert.ok(!(key instanceof Error));
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
}

/** The host key that we will know it by goes in with the user data. */
const userData = `#cloud-config
write_files:
  - path: /etc/ssh/ssh_host_ed25519_key
    permissions: '0600'
    content: |
${hostKey.private.trim().replace(/^/gm, '      ')}
  - path: /etc/ssh/ssh_host_ed25519_key.pub
    content: ${hostKey.public.trim()}
coreos:
  units:
    - name: etcd2.service
      command: start
    - name: fleet.service
      command: start
`;

describe('the adapters on the practice cloud', () => {
  let providers: Providers;
  let provider: Provider;
  let dropletId: number;
  let endpoint: NodeEndpoint;

  before(async () => {
    providers = createProviders(windowOptions(folder, memorySecrets()));
    provider = await providers.open('practice');
  });

  after(async () => {
    providers.dispose();
    await removeFolder(folder);
  });

  async function until<T>(probe: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; tries < 200; tries += 1) {
      const found = await probe().catch((error: unknown) => {
        assert.ok(
          ClusterError.is(error, 'sshUnreachable', 'sshClosed', 'fleetUnavailable', 'commandFailed'),
          String(error),
        );
        return undefined;
      });
      if (found !== undefined) return found;
      await provider.clock.sleep(3_000);
    }
    assert.fail('it did not happen');
  }

  const connect = async (): Promise<NodeConnection> => await until(() => provider.nodes.connect(endpoint));

  async function act(type: DropletActionType): Promise<void> {
    const action = await provider.cloud.actOnDroplet(dropletId, type);
    await until(async () => ((await provider.cloud.getAction(action.id))?.status === 'completed' ? true : undefined));
  }

  it('create a droplet and find it by its tag', async () => {
    const { cloud } = provider;
    const before = await cloud.countDroplets();
    const key = await cloud.createSshKey('test', publicLine(privateKey));
    assert.deepEqual(await cloud.getSshKey(key.fingerprint), key);
    await cloud.createTag('deis-cluster:t');
    const request = { names: ['deis-1'], regionSlug: 'nyc3', sizeSlug: '512mb', image: 'coreos-stable' };
    const [made] = await cloud.createDroplets({ ...request, sshKeyIds: [key.id], tags: ['deis-cluster:t'], userData });
    const droplet = await until(async () => {
      const [found] = await cloud.listDropletsByTag('deis-cluster:t');
      return found?.status === 'active' ? found : undefined;
    });

    assert.deepEqual([droplet.id, await cloud.countDroplets()], [made?.id, before + 1]);
    assert.match(droplet.privateAddress ?? '', /^10\./);
    dropletId = droplet.id;
    const trustedHostKeys = [hostKey.public.trim()];
    endpoint = { clusterId: 't', name: 'deis-1', address: droplet.publicAddress ?? '', trustedHostKeys, privateKey };
  });

  it('log in by the host key that was given to it, run a command, ask fleet and etcd', async () => {
    const node = await connect();

    assert.equal(node.hostKey, endpoint.trustedHostKeys[0]);
    assert.equal((await node.exec(['cat', '/etc/hostname'])).stdout, 'deis-1\n');
    assert.equal((await node.exec(['sh', '-c', 'cat; exit 3'], { stdin: 'größe' })).stdout, 'größe');
    const [machine] = await until(() => provider.fleet.listMachines(node));
    assert.match(machine?.id ?? '', /^[0-9a-f]{32}$/);
    assert.equal(await provider.etcd.isHealthy(node), true);
  });

  it('refuse the node when another host key is pinned', async () => {
    const stranger = makeEd25519Pair().public;
    const other = { ...endpoint, name: 'other', trustedHostKeys: [stranger] };
    await assert.rejects(provider.nodes.connect(other), { code: 'hostKeyChanged' });
  });

  it('get a discovery URL and read its size back', async () => {
    const url = await provider.discovery.create(5);
    assert.equal(await provider.discovery.readSize(url), 5);
    assert.deepEqual(await provider.discovery.listMembers(url), []);
  });

  it('notice that a node lost its power, and find it again when it is back', async () => {
    const node = await connect();
    await act('power_off');

    const frozen = node.exec(['uptime'], { timeoutMs: 1_000 });
    await assert.rejects(frozen, { code: 'sshClosed' });
    await assert.rejects(provider.nodes.connect(endpoint), { code: 'sshUnreachable' });

    await act('power_on');
    assert.equal((await (await connect()).exec(['cat', '/etc/hostname'])).stdout, 'deis-1\n');
  });

  it('delete it, and what was deleted is gone', async () => {
    await provider.cloud.deleteDroplet(dropletId);
    await until(async () => ((await provider.cloud.getDroplet(dropletId)) === undefined ? true : undefined));
    await provider.cloud.deleteDroplet(dropletId);
    await assert.rejects(provider.dialer.connect(endpoint.address, 22, AbortSignal.timeout(10_000)), {
      code: 'sshUnreachable',
    });
  });
});
