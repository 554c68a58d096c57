import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import type { Client, ClientChannel, ConnectConfig, ExecOptions } from 'ssh2';
import type { Node } from '../../../unit/practice/shell/node';
import { bootedNode, follower } from '../../../unit/practice/shell/node';
import { createSshd } from '../../../../src/practice/ssh/server';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A node whose sshd listens on loopback. */
export class ListeningNode {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'deis-ssh-'));
  readonly key = path.join(this.folder, 'id');
  port = 0;
  #node: Node | undefined;
  #close: () => void = () => undefined;

  async start(): Promise<void> {
    const pair = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
    writeFileSync(this.key, pair.private, { mode: 0o600 });
    const node = await bootedNode({
      spec: { sshPublicKeys: [pair.public] },
      programs: [{ ...follower, directory: '/usr/bin' }],
    });
    this.#node = node;
    const sshd = createSshd(node.kernel, node.host, node.shell);
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.setNoDelay(true);
      sshd.accept(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // Listening on TCP: the address is an AddressInfo.
    this.port = (server.address() as AddressInfo).port;
    this.#close = () => {
      sshd.dispose();
      sockets.forEach((socket) => socket.destroy());
      server.close();
    };
  }

  stop(): void {
    this.#close();
    this.#node?.kernel.dispose();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  }

  get node(): Node {
    if (this.#node === undefined) {
      throw new Error('Not started.');
    }
    return this.#node;
  }

  /** Options for ssh; scp and sftp spell the port with a capital letter. */
  options(portLetter: 'p' | 'P' = 'p'): string[] {
    const settings = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'BatchMode=yes'];
    const all = [...settings, 'IdentitiesOnly=yes', 'IdentityAgent=none'].flatMap((setting) => ['-o', setting]);
    return ['-F', '/dev/null', ...all, '-i', this.key, `-${portLetter}`, String(this.port)];
  }

  async ssh(
    command: string,
    more: { options?: readonly string[]; input?: string; user?: string } = {},
  ): Promise<Ended> {
    const target = `${more.user ?? 'core'}@127.0.0.1`;
    return await runProgram('ssh', [...this.options(), ...(more.options ?? []), target, command], more.input ?? '');
  }

  /** A connection of ssh2, as the extension makes it. */
  async connect(settings: ConnectConfig = {}): Promise<Client> {
    const client = new ssh2.Client();
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve).once('error', reject);
      client.connect({
        host: '127.0.0.1',
        port: this.port,
        username: 'core',
        privateKey: readFileSync(this.key),
        hostVerifier: () => true,
        ...settings,
      });
    });
    client.setNoDelay(true);
    return client;
  }
}

export async function runProgram(program: string, args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  child.stdin.on('error', () => undefined); // It may end without having read.
  child.stdin.end(input);
  return await new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

export interface Command {
  readonly channel: ClientChannel;
  readonly ended: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
  until(part: string): Promise<void>;
}

/** Listens before anything of the answer is lost: a short command ends in the packet that says it has begun. */
export function execute(client: Client, command: string, options: ExecOptions = {}): Promise<Command> {
  return new Promise((resolve, reject) => {
    client.exec(command, options, (error, opened) => {
      if (error === undefined) {
        resolve(follow(opened));
      } else {
        reject(error);
      }
    });
  });
}

export function follow(channel: ClientChannel): Command {
  let [stdout, stderr] = ['', ''];
  let [code, signal]: [number | null, string | null] = [null, null];
  let look: () => void = () => undefined;
  channel.on('data', (chunk: Buffer) => {
    stdout += String(chunk);
    look();
  });
  channel.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  channel.on('exit', (status: number | null, name?: string) => {
    code = status;
    signal = name ?? null;
  });
  return {
    channel,
    ended: new Promise((resolve) => channel.once('close', () => resolve({ code, signal, stdout, stderr }))),
    until: (part) =>
      new Promise((resolve) => {
        look = () => {
          if (stdout.includes(part)) {
            resolve();
          }
        };
        look();
      }),
  };
}
