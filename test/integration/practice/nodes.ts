import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { at, createActive, listAt, startPractice, until, type Practice, type RunResult } from './support';

/** What a member of an etcd cluster and a machine of fleet needs, and no more. */
export function userData(discoveryUrl: string | undefined): string {
  return `#cloud-config
coreos:
  etcd2:
${discoveryUrl === undefined ? '' : `    discovery: ${discoveryUrl}\n`}    advertise-client-urls: http://$private_ipv4:2379
    initial-advertise-peer-urls: http://$private_ipv4:2380
    listen-client-urls: http://0.0.0.0:2379,http://0.0.0.0:4001
    listen-peer-urls: http://$private_ipv4:2380
  fleet:
    public-ip: $private_ipv4
  units:
    - name: etcd2.service
      command: start
    - name: fleet.service
      command: start
`;
}

/** Nodes of one practice cloud as OpenSSH's own client sees them. */
export class Nodes {
  constructor(
    readonly practice: Practice,
    folder: string,
    readonly key = path.join(folder, 'key'),
  ) {
    if (!existsSync(this.key)) execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', this.key]);
  }

  /** Creates droplets that have discovered each other or are still waiting for it. */
  async create(
    names: readonly string[],
    more: { size?: number; tags?: string[]; userData?: string; dropletSize?: string },
  ): Promise<number[]> {
    const url = (await this.practice.call('GET', `/new?size=${more.size ?? names.length}`)).text;
    const publicKey = readFileSync(`${this.key}.pub`, 'utf8');
    const added = await this.practice.call('POST', '/v2/account/keys', {
      body: { name: 'test', public_key: publicKey },
    });
    const keys = await this.practice.call('GET', '/v2/account/keys');
    const key = added.status === 201 ? at(added.json, 'ssh_key.id') : at(keys.json, 'ssh_keys.0.id');
    return await createActive(this.practice, names, {
      ...{ ssh_keys: [key], user_data: more.userData ?? userData(url), tags: more.tags ?? [] },
      ...(more.dropletSize !== undefined && { size: more.dropletSize }),
    });
  }

  /** Where a droplet's public port listens on loopback. */
  async port(name: string, port = 22): Promise<number> {
    const { json } = await this.practice.call('GET', `/practice/nodes?name=${name}`);
    return Number(at(listAt(json, 'nodes')[0], `ports.${port}`));
  }

  /** Starts `ssh` to a node; `options` come before the host. */
  async start(name: string, options: readonly string[], command: readonly string[]): Promise<ChildProcess> {
    const quiet = [
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
      'BatchMode=yes',
      'IdentitiesOnly=yes',
    ];
    const args = [
      ...quiet.flatMap((option) => ['-o', option]),
      ...['-i', this.key, '-p', String(await this.port(name))],
      ...(options.includes('-l') ? [] : ['-l', 'core']),
      ...[...options, '127.0.0.1', ...command],
    ];
    return spawn('ssh', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  async run(name: string, command: string, input = '', options: readonly string[] = []): Promise<RunResult> {
    const child = await this.start(name, options, [command]);
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (stdout += String(chunk)));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += String(chunk)));
    child.stdin?.end(input);
    await once(child, 'close');
    return { code: child.exitCode, stdout, stderr };
  }

  /** Runs the command until its output is as wanted. */
  async until(name: string, command: string, wanted: RegExp): Promise<string> {
    const { text } = await until(
      async () => {
        const { code, stdout, stderr } = await this.run(name, command);
        return { status: code ?? -1, headers: {}, text: stdout + stderr, json: undefined };
      },
      (answer) => wanted.test(answer.text),
    );
    return text;
  }
}

/** A practice cloud as fast as the machine goes, with what it had before when its state is in the folder, and its nodes. */
export async function startNodes(folder: string): Promise<{ practice: Practice; nodes: Nodes }> {
  const practice = await startPractice('--speed', 'max', '--state', path.join(folder, 'state'));
  return { practice, nodes: new Nodes(practice, folder) };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
