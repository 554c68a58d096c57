import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import path from 'node:path';
import { freePort, Nodes } from '../nodes';
import { startPractice, until, type Practice } from '../support';

/** An etcd with one member that clients on this machine reach. */
export interface Etcd {
  readonly url: string;
  stop(): Promise<void>;
}

/** The real program, with the v2 API on. */
export async function startRealEtcd(folder: string): Promise<Etcd> {
  const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const child = spawn('etcd', [
    ...['--name', 'one', '--enable-v2', '--data-dir', path.join(folder, 'etcd'), '--initial-cluster', `one=${peer}`],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--logger', 'zap', '--log-level', 'error'],
  ]);
  await answers(client);
  return { url: client, stop: () => ended(child) };
}

export interface PracticeEtcd extends Etcd {
  readonly nodes: Nodes;
}

/** One of the practice cloud, alone on its node; its client URL is the near end of a forwarding. */
export async function startPracticeEtcd(folder: string): Promise<PracticeEtcd> {
  const practice: Practice = await startPractice('--speed', '1', '--profile', 'lab');
  const nodes = new Nodes(practice, folder);
  const port = await freePort();
  await nodes.create(['alone'], { userData: userData(port) });
  await nodes.until('alone', 'etcdctl cluster-health', /^cluster is healthy$/m);
  const tunnel = await nodes.start('alone', ['-N', '-L', `127.0.0.1:${port}:127.0.0.1:${port}`], []);
  const url = `http://127.0.0.1:${port}`;
  await answers(url);
  return {
    ...{ url, nodes },
    async stop() {
      await ended(tunnel);
      await practice.kill();
    },
  };
}

const userData = (port: number): string => `#cloud-config
coreos:
  etcd2:
    name: one
    initial-cluster: one=http://$private_ipv4:2380
    initial-advertise-peer-urls: http://$private_ipv4:2380
    listen-peer-urls: http://$private_ipv4:2380
    advertise-client-urls: http://127.0.0.1:${port}
    listen-client-urls: http://0.0.0.0:2379,http://0.0.0.0:4001,http://127.0.0.1:${port}
  units:
    - name: etcd2.service
      command: start
`;

async function ended(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill();
  await closed;
}

async function answers(url: string): Promise<void> {
  const ask = (): Promise<number> =>
    new Promise((resolve) => {
      request(`${url}/health`, (incoming) => {
        incoming.resume();
        resolve(incoming.statusCode ?? 0);
      })
        .on('error', () => resolve(0))
        .end();
    });
  await until(
    async () => ({ status: await ask(), headers: {}, text: '', json: undefined }),
    ({ status }) => status === 200,
  );
}
