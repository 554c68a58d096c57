import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { ClientChannel } from 'ssh2';
import { askAboutKey, connectAsGo, dialCommand, dialTcp, type GoConnection } from './goClient';
import { Laboratory } from './laboratory';
import { skipWithoutPackage } from './programs';

/** Several requests over one stream, as Go's HTTP client keeps it alive. */
class Caller {
  readonly #agent: Agent;

  constructor(stream: ClientChannel) {
    for (const name of ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref', 'destroySoon']) {
      if (!(name in stream)) Object.defineProperty(stream, name, { value: () => stream });
    }
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
    Object.assign(this.#agent, { createConnection: () => stream });
  }

  call(method: string, path: string, body = '', type = 'application/json'): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = { host: 'domain-sock', ...(body !== '' && { 'content-type': type }) };
      const outgoing = request({ agent: this.#agent, method, path, headers }, (incoming) => {
        let text = '';
        incoming.on('data', (chunk: Buffer) => (text += String(chunk)));
        incoming.once('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}

const skip = skipWithoutPackage('ssh-agent');

describe('a node’s SSH as fleetctl and deisctl of 2016 use it', { skip, timeout: 240_000 }, () => {
  const lab = new Laboratory();
  let port: number;
  before(async () => {
    await lab.start();
    await lab.startAgent();
    port = await lab.nodes.port('lab-1');
  });
  after(() => lab.stop());

  const connect = (): Promise<GoConnection> =>
    connectAsGo({ host: '127.0.0.1', port, agent: lab.agentSocket, agentForward: true });

  it('takes an agent’s RSA key signed by SHA-1, and shows its ECDSA host key', async () => {
    const { client, hostKey } = await connect();
    client.end();

    assert.equal(hostKey, 'ecdsa-sha2-nistp256');
  });

  it('answers who asks about a key with the algorithm asked for, as Go of today wants it', async () => {
    assert.match(await askAboutKey({ host: '127.0.0.1', port, key: lab.nodes.key }), /^rsa-sha2-(?:256|512)$/);
  });

  it('carries fleet’s API through fleetctl fd-forward, many requests over one session', async () => {
    const { client } = await connect();
    const fleet = new Caller(await dialCommand(client, 'fleetctl fd-forward /var/run/fleet.sock', true));

    const machines = await fleet.call('GET', '/fleet/v1/machines?alt=json');
    assert.equal(machines.status, 200);
    assert.equal(machines.text.match(/"primaryIP"/g)?.length, 3);
    const options = [{ section: 'Service', name: 'ExecStart', value: '/bin/sleep 1000' }];
    const unit = JSON.stringify({ name: 'go.service', desiredState: 'inactive', options });
    assert.equal((await fleet.call('PUT', '/fleet/v1/units/go.service?alt=json', unit)).status, 201);
    assert.equal((await fleet.call('GET', '/fleet/v1/units/go.service?alt=json')).status, 200);
    assert.equal((await fleet.call('DELETE', '/fleet/v1/units/go.service?alt=json')).status, 204);
    client.end();
  });

  it('ends fd-forward on SIGTERM, as fleetctl closes it, and takes the next', async () => {
    const { client } = await connect();
    const channel = await dialCommand(client, 'fleetctl fd-forward /var/run/fleet.sock', true);
    const closed = new Promise((resolve) => channel.resume().once('close', resolve));
    channel.signal('TERM');
    channel.close();
    await closed;

    const next = new Caller(await dialCommand(client, 'fleetctl fd-forward /var/run/fleet.sock', false));
    assert.equal((await next.call('GET', '/fleet/v1/state?alt=json')).status, 200);
    client.end();
  });

  it('leads two connections with several channels each to etcd’s old port', async () => {
    const connections = await Promise.all([connect(), connect()]);
    const form = 'application/x-www-form-urlencoded';
    for (const [index, { client }] of connections.entries()) {
      const etcds = await Promise.all([1, 2, 3].map(async () => new Caller(await dialTcp(client, '127.0.0.1', 4001))));
      await Promise.all(
        etcds.map(async (etcd, at) => {
          const path = `/v2/keys/deis/platform/key-${index}-${at}`;
          assert.equal((await etcd.call('PUT', path, 'value=here', form)).status, 201);
          assert.match((await etcd.call('GET', path)).text, /"value":"here"/);
          assert.equal((await etcd.call('GET', `${path}-none`)).status, 404);
        }),
      );
      const registry = await etcds[0]?.call('GET', '/v2/keys/_coreos.com/fleet/machines?recursive=true&sorted=true');
      assert.equal(registry?.status, 200);
    }
    connections.forEach(({ client }) => client.end());
  });

  it('leads through to another node’s SSH, where a unit’s journal is read', async () => {
    const own = '. /etc/environment; echo $COREOS_PRIVATE_IPV4';
    const address = (await lab.nodes.run('lab-2', own)).stdout.trim();
    const { client } = await connect();
    const sock = await dialTcp(client, address, 22);
    const inner = await connectAsGo({ sock, agent: lab.agentSocket });
    const channel = await dialCommand(
      inner.client,
      'hostname; echo $SSH_CONNECTION; journalctl --unit etcd2.service --no-pager -n 3',
      false,
    );
    let text = '';
    channel.on('data', (chunk: Buffer) => (text += String(chunk)));
    await new Promise((resolve) => channel.once('close', resolve));

    assert.match(text, /^lab-2\n[^\n]+\n[^\n]* etcd2\[\d+\]: /);
    // It came from the node in between, by the private network.
    const between = (await lab.nodes.run('lab-1', own)).stdout.trim();
    const [from, , to] = (text.split('\n')[1] ?? '').split(' ');
    assert.deepEqual([from, to], [between, address]);
    inner.client.end();
    client.end();
  });

  it('is refused where nothing listens, in words', async () => {
    const { client } = await connect();

    await assert.rejects(dialTcp(client, '127.0.0.1', 9), /Connection refused/);
    client.end();
  });
});
