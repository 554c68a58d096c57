import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunResult } from '../support';
import { buildGoClient, skipWithoutGo } from './goProgram';
import { Laboratory } from './laboratory';
import { run, skipWithoutPackage, start, Talk } from './programs';

const skip = skipWithoutGo() || skipWithoutPackage('ssh-agent');

describe('a Go program that speaks SSH as fleetctl and deisctl do', { skip, timeout: 300_000 }, () => {
  const lab = new Laboratory();
  const known = (): string => path.join(lab.home, 'known-to-go');
  let [program, tunnel] = ['', ''];
  before(async () => {
    [program] = await Promise.all([buildGoClient(lab.folder), lab.start()]);
    await lab.startAgent();
    tunnel = await lab.tunnel();
    const { stdout } = await run('ssh-keyscan', ['-p', tunnel.replace(/.*:/, ''), '-t', 'ecdsa', '127.0.0.1']);
    writeFileSync(known(), stdout);
  });
  after(() => lab.stop());

  const client = (words: readonly string[], input = '', flags = ['-known-hosts', known()]): Promise<RunResult> =>
    run(program, [...flags, tunnel, ...words], { environment: lab.environment(), input });
  const withKey = (): string[] => ['-known-hosts', known(), '-key', lab.nodes.key];

  it('gets in with the agent’s key and with a key file, core only, and knows the ECDSA host key', async () => {
    const line = 'echo $SSH_AUTH_SOCK | cut -c1-9';
    assert.deepEqual(await client(['run', line]), { code: 0, stdout: '/tmp/ssh-\n', stderr: '' });
    const file = await run(program, [...withKey(), tunnel, 'run', 'whoami'], { environment: { SSH_AUTH_SOCK: '' } });
    assert.equal(file.stdout, 'core\n', file.stderr);
    assert.match((await client(['host-key'])).stdout, /^ecdsa-sha2-nistp256 [0-9a-f:]{47}\n$/);

    const asRoot = await client(['run', 'true'], '', [...withKey(), '-user', 'root']);
    assert.match(asRoot.stderr, /unable to authenticate, attempted methods \[none publickey\]/);
  });

  it('refuses another host key than the one it knows', async () => {
    const other = path.join(lab.home, 'other');
    const scanned = await run('ssh-keyscan', [
      ...['-p', String(await lab.nodes.port('lab-2')), '-t', 'ecdsa'],
      '127.0.0.1',
    ]);
    writeFileSync(other, scanned.stdout.replace(/^\S+/gm, `[127.0.0.1]:${tunnel.replace(/.*:/, '')}`));

    const { code, stderr } = await client(['run', 'true'], '', ['-known-hosts', other]);
    assert.equal(code, 255);
    assert.match(stderr, /knownhosts: key mismatch/);
  });

  it('speaks with fleet over one fd-forward, and with its socket', async () => {
    const unit = '{"desiredState":"inactive","options":[{"section":"Service","name":"ExecStart","value":"/bin/true"}]}';
    const units = '/fleet/v1/units/go.service?alt=json';
    const requests = [`GET /fleet/v1/machines?alt=json`, `PUT ${units} ${unit}`, `GET ${units}`, `DELETE ${units}`];
    const { stdout, stderr } = await client(['fleet'], `${requests.join('\n')}\n`);
    const statuses = stdout.split('\n').map((line) => line.slice(0, 3));
    assert.deepEqual(statuses.slice(0, 4), ['200', '201', '200', '204'], stderr);
    assert.match(stdout, /^streams 1$/m);
    assert.equal(stdout.match(/"primaryIP"/g)?.length, 3);

    const socket = await client(['socket', '/var/run/fleet.sock'], 'GET /fleet/v1/machines?alt=json\n');
    assert.equal(socket.stdout.match(/"primaryIP"/g)?.length, 3, socket.stderr);
    const absent = await client(['socket', '/var/run/no.sock'], 'GET /\n');
    assert.match(absent.stderr, /ssh: rejected: connect failed \(open failed\)/);
  });

  it('reads and writes etcd through a direct-tcpip channel', async () => {
    const key = '/v2/keys/deis/platform/domain';
    const { stdout, stderr } = await client(['etcd'], `PUT ${key} value=local\nGET ${key}\nGET ${key}/none\n`);
    const [put = '', get = '', none = '', streams] = stdout.split('\n');
    assert.match(put, /^201 .*"action":"set"/, stderr);
    assert.match(get, /^200 .*"value":"local"/);
    assert.match(none, /^40[04] /);
    assert.equal(streams, 'streams 1');
  });

  it('is told exit codes and signals', async () => {
    assert.equal((await client(['run', 'cat; exit 7'], 'typed\n')).code, 7);
    const killed = await client(['terminate', 'echo x; sleep 100000']);
    assert.match(killed.stderr, /signal="TERM"/);
  });

  it('has a terminal that grows, and a login shell', async () => {
    const shown = await client(['terminal', 'sleep 1; stty size; tput cols; echo $TERM']);
    assert.equal(shown.stdout, '50 150\r\n150\r\nxterm-256color\r\n', shown.stderr);

    const talk = new Talk(
      lab.keep(start(program, ['-known-hosts', known(), tunnel, 'login'], { environment: lab.environment() })),
    );
    await talk.until(/core@lab-1.*\$/);
    talk.write('hostname; exit 3\r');
    assert.equal(await talk.ended, 3);
    assert.match(talk.stdout, /\nlab-1\r\n/);
  });

  it('goes on through a node to the SSH of another one', async () => {
    const address = (await lab.nodes.run('lab-2', '. /etc/environment; echo $COREOS_PRIVATE_IPV4')).stdout.trim();

    const { stdout, stderr } = await client(['hop', `${address}:22`, 'hostname']);
    assert.equal(stdout, 'lab-2\n', stderr);
  });

  it('has its keep-alives answered', async () => {
    assert.equal((await client(['keep-alive'])).stdout, 'alive\nalive\nalive\n');
  });

  it('carries a file over SFTP and back', async () => {
    const text = readFileSync(process.execPath).subarray(0, 1_000_000).toString('hex');
    assert.equal((await client(['put', 'there'], text)).stderr, '');

    assert.equal((await client(['get', '/home/core/there'])).stdout === text, true);
    assert.equal((await client(['get', '/home/core/none'])).stderr, 'file does not exist\n');
  });
});
