import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { skipWithoutPackage } from '../clients/programs';
import { ListeningNode, runProgram } from './node';

const skip = skipWithoutPackage('ssh');

describe('a node’s sshd, by OpenSSH’s own programs', { skip, timeout: 120_000 }, () => {
  const target = new ListeningNode();
  before(() => target.start());
  after(() => target.stop());

  it('runs a command: both streams, exit code, standard input', async () => {
    assert.deepEqual(await target.ssh('cat; echo err >&2; exit 3', { input: 'typed\n' }), {
      code: 3,
      stdout: 'typed\n',
      stderr: 'err\n',
    });
  });

  it('runs a script from standard input', async () => {
    const { stdout } = await target.ssh('bash -s one', { input: 'echo $1; hostname\nexit 5\n' });

    assert.equal(stdout, 'one\ndeis-1\n');
  });

  it('lets nobody in but core with the droplet’s key', async () => {
    const asRoot = await target.ssh('true', { user: 'root' });
    const other = path.join(target.folder, 'other');
    await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
    const args = target.options().map((word) => (word === target.key ? other : word));
    const wrongKey = await runProgram('ssh', [...args, 'core@127.0.0.1', 'true']);

    assert.deepEqual([asRoot.code, wrongKey.code], [255, 255]);
    assert.equal(wrongKey.stderr.trim(), 'core@127.0.0.1: Permission denied (publickey).');
  });

  it('takes signatures by SHA-1 from clients of 2016, and today’s ones', async () => {
    for (const algorithm of ['ssh-rsa', 'rsa-sha2-256']) {
      const options = ['-o', `PubkeyAcceptedAlgorithms=${algorithm}`];

      assert.equal((await target.ssh('echo in', { options })).stdout, 'in\n', algorithm);
    }
  });

  it('shows rsa, ecdsa and ed25519 host keys, those that lie on the node', async () => {
    const onNode = await target.ssh('cat /etc/ssh/ssh_host_*_key.pub');
    const { stdout } = await runProgram('ssh-keyscan', ['-p', String(target.port), '127.0.0.1']);
    const blobs = (text: string): string[] => [...text.matchAll(/AAAA\S+/g)].map(([blob]) => blob).sort();

    assert.equal(blobs(stdout).length, 3);
    assert.deepEqual(blobs(stdout), blobs(onNode.stdout));
  });

  it('speaks each key exchange and cipher that old and new clients choose', async () => {
    const choices = [
      ['-o', 'KexAlgorithms=curve25519-sha256', '-c', 'chacha20-poly1305@openssh.com'],
      ['-o', 'KexAlgorithms=ecdh-sha2-nistp256', '-c', 'aes128-ctr', '-m', 'hmac-sha1'],
      ['-o', 'KexAlgorithms=diffie-hellman-group14-sha1', '-c', 'aes256-gcm@openssh.com'],
      [
        '-o',
        'KexAlgorithms=diffie-hellman-group14-sha256',
        '-c',
        'aes256-ctr',
        '-m',
        'hmac-sha2-512-etm@openssh.com',
        '-C',
      ],
    ];
    for (const options of choices) {
      assert.equal((await target.ssh('echo in', { options })).stdout, 'in\n', options.join(' '));
    }
  });

  it('gives a terminal: a login shell with prompt, and its exit code', async () => {
    const child = spawn('ssh', [...target.options(), '-tt', 'core@127.0.0.1'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += String(chunk);
      if (text.endsWith('$\x1b[00m ') && !text.includes('tty')) {
        child.stdin.write('tty; stty size; exit 6\r');
      }
    });
    const code = await new Promise((resolve) => child.once('close', resolve));

    assert.equal(code, 6);
    assert.match(text, /Welcome to Deis\r\n/);
    assert.match(text, /\/dev\/pts\/0\r\n\d+ \d+\r\n/);
  });

  it('ends a follow when the client goes away', async () => {
    const child = spawn('ssh', [...target.options(), 'core@127.0.0.1', 'follow']);
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => String(chunk).includes('line 2') && resolve());
    });
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('close', resolve));

    assert.equal((await target.ssh('echo still there')).stdout, 'still there\n');
  });

  it('forwards a unix socket and a TCP port of the node, and says what is refused', async () => {
    const { host } = target.node;
    const stops = [
      host.listen({ socketPath: '/var/run/fleet.sock' }, (_request, response) => response.end('fleet')),
      host.listen({ port: 4001 }, (incoming, response) => response.end(`etcd ${incoming.url ?? ''}`)),
    ];
    const socketPath = path.join(target.folder, 'fleet.sock');
    const forwards = [
      '-L',
      `${socketPath}:/var/run/fleet.sock`,
      '-L',
      `${path.join(target.folder, 'etcd.sock')}:127.0.0.1:4001`,
    ];
    const closed = ['-L', `${path.join(target.folder, 'none.sock')}:127.0.0.1:9999`];
    const loud = target.options().map((word) => (word === 'LogLevel=ERROR' ? 'LogLevel=INFO' : word));
    const child = spawn('ssh', [...loud, '-N', ...forwards, ...closed, 'core@127.0.0.1']);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
    await until(() => existsSync(socketPath));

    assert.equal(await get(socketPath, '/'), 'fleet');
    assert.equal(await get(path.join(target.folder, 'etcd.sock'), '/version'), 'etcd /version');
    await assert.rejects(get(path.join(target.folder, 'none.sock'), '/'));
    await until(() => stderr.includes('Connection refused'));
    child.kill();
    stops.forEach((stop) => stop());
  });

  it('leads on to another sshd of the model (ProxyJump)', async () => {
    const jump = ['ssh', ...target.options(), '-W', '127.0.0.1:22', 'core@127.0.0.1'].join(' ');

    assert.equal((await target.ssh('hostname', { options: ['-o', `ProxyCommand=${jump}`] })).stdout, 'deis-1\n');
  });

  it('copies files with scp and sftp, with core’s permissions', async () => {
    const up = path.join(target.folder, 'up.bin');
    const down = path.join(target.folder, 'down.bin');
    writeFileSync(up, Buffer.from(Array.from({ length: 200_000 }, (_unused, index) => (index * 7919) % 256)));

    assert.equal((await runProgram('scp', [...target.options('P'), up, 'core@127.0.0.1:copy.bin'])).code, 0);
    assert.equal((await runProgram('scp', [...target.options('P'), 'core@127.0.0.1:copy.bin', down])).code, 0);
    assert.deepEqual(readFileSync(down), readFileSync(up));
    const refused = await runProgram('scp', [...target.options('P'), up, 'core@127.0.0.1:/etc/copy.bin']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Permission denied/);
    const commands = 'mkdir d\ncd d\nput up.bin a\nrename a b\nln -s b l\nls -l\nrm b\nrm l\ncd ..\nrmdir d\npwd\n';
    const batch = path.join(target.folder, 'batch');
    writeFileSync(batch, commands.replace('up.bin', up));
    const { code, stdout } = await runProgram('sftp', [...target.options('P'), '-b', batch, 'core@127.0.0.1']);
    assert.equal(code, 0);
    assert.match(stdout, /-rw-r--r-- .* core +core +200000 .* b\n/);
    assert.match(stdout, /Remote working directory: \/home\/core/);
  });

  it('goes on with a file that was copied in part, up and down', async () => {
    const bytes = Buffer.from(Array.from({ length: 600_000 }, (_unused, index) => (index * 31) % 251));
    const [up = '', down = '', batch = ''] = ['whole', 'part', 'resume'].map((name) => path.join(target.folder, name));
    writeFileSync(up, bytes);
    writeFileSync(down, bytes.subarray(0, 350_000));
    writeFileSync(batch, `put ${down} whole\nreput ${up} whole\nreget whole ${down}\n`);
    await runProgram('sftp', [...target.options('P'), '-b', batch, 'core@127.0.0.1']);

    assert.deepEqual(readFileSync(down), bytes);
    assert.equal((await target.ssh('stat -c %s whole')).stdout, '600000\n');
  });

  it('answers keep-alives and changes keys in mid-stream', async () => {
    const options = ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1', '-o', 'RekeyLimit=64K'];
    const { code, stdout } = await target.ssh('seq -w 50000; cat', { options });

    assert.equal(code, 0);
    assert.equal(stdout.length, 300_000);
  });

  it('answers a client that offers its agent', async () => {
    assert.equal((await target.ssh('echo fine', { options: ['-A'] })).stdout, 'fine\n');
  });
});

function get(socketPath: string, pathname: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path: pathname }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += String(chunk)));
      response.once('end', () => resolve(text));
    });
    call.once('error', reject);
    call.end();
  });
}

/** Something outside this process happens: nothing tells when, so it is looked for. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
