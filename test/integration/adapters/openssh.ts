import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

export const SSHD = '/usr/sbin/sshd';

export interface OpenSsh {
  readonly port: number;
  readonly user: string;
  readonly folder: string;
  /** Public halves of its host keys, by type. */
  readonly hostKeys: Readonly<Record<'ed25519' | 'rsa' | 'ecdsa', string>>;
  stop(): Promise<void>;
}

/** Why OpenSSH's server cannot be used here; undefined when it can. It must be there where CI says so. */
export function whyNot(): string | undefined {
  if (!existsSync(SSHD)) return `${SSHD} is not installed`;
  if (process.getuid?.() !== 0) return 'sshd wants root to switch users';
  return undefined;
}

/** OpenSSH's own server, unprivileged in nothing but its port: a config, host keys and a log of its own. */
export async function startOpenSsh(authorizedKey: string, extra = ''): Promise<OpenSsh> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'deis-sshd-'));
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const hostKeys = {
    ed25519: makeHostKey(folder, 'ed25519'),
    rsa: makeHostKey(folder, 'rsa'),
    ecdsa: makeHostKey(folder, 'ecdsa'),
  };
  writeFileSync(path.join(folder, 'authorized_keys'), `${authorizedKey}\n`, { mode: 0o600 });
  const port = await freePort();
  const config = `Port ${port}
ListenAddress 127.0.0.1
${Object.keys(hostKeys)
  .map((type) => `HostKey ${folder}/host_${type}`)
  .join('\n')}
AuthorizedKeysFile ${folder}/authorized_keys
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
PidFile ${folder}/pid
AllowStreamLocalForwarding yes
${extra}
`;
  writeFileSync(path.join(folder, 'config'), config);
  const child = spawn(SSHD, ['-D', '-e', '-f', path.join(folder, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  // A failing test must not leave it behind.
  process.once('exit', () => child.kill());
  await listening(port, child);
  return {
    ...{ port, folder, hostKeys, user: os.userInfo().username },
    async stop() {
      child.kill();
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
    },
  };
}

function makeHostKey(folder: string, type: string): string {
  const file = path.join(folder, `host_${type}`);
  spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').split(' ', 2).join(' ');
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  let words = '';
  child.stderr?.on('data', (data: Buffer) => (words += data.toString()));
  while (!words.includes('Server listening')) {
    if (child.exitCode !== null) throw new Error(`sshd on port ${port} ended: ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
