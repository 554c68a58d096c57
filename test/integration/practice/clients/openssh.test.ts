import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Laboratory } from './laboratory';
import { programPath, run, skipWithoutPackage, start, Talk } from './programs';

const skip = skipWithoutPackage('ssh');
const skipTerminal = skipWithoutPackage('script');
const quote = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');

describe('OpenSSH’s programs and the nodes of the practice cloud', { skip, timeout: 240_000 }, () => {
  const lab = new Laboratory();
  before(async () => {
    await lab.start();
    await lab.startAgent();
  });
  after(() => lab.stop());

  /** `ssh` on a terminal of 100 columns and 40 rows, as it is in somebody's window. */
  async function onTerminal(options: readonly string[], command: readonly string[]): Promise<Talk> {
    const words = ['ssh', ...(await lab.sshArguments('lab-1', options, command))];
    const line = `stty cols 100 rows 40; exec ${quote(words)}`;
    const args = ['-qefc', line, path.join(lab.folder, 'typescript')];
    return new Talk(lab.keep(start('script', args, { environment: { ...lab.environment(), TERM: 'xterm' } })));
  }

  it('hand on the environment that sshd accepts, and what a login would have', async () => {
    const options = ['-o', 'SendEnv=LC_* SECRET'];
    const talk = await lab.startSsh('lab-1', options, ['env; shopt -q login_shell && echo login || echo no-login']);
    await talk.ended;

    assert.match(talk.stdout, /^SSH_CONNECTION=\S+ \d+ \S+ 22$/m);
    assert.match(talk.stdout, /^SSH_CLIENT=\S+ \d+ 22$/m);
    assert.match(talk.stdout, /^no-login$/m);
    assert.doesNotMatch(talk.stdout, /SECRET|SSH_AUTH_SOCK/);
  });

  it('end with the command’s exit code, and 255 when a signal ended it', async () => {
    assert.equal((await lab.nodes.run('lab-1', 'exit 42')).code, 42);
    assert.equal((await lab.nodes.run('lab-1', 'kill -TERM $$; echo on')).code, 255);
    assert.equal((await lab.nodes.run('lab-1', 'no-such-command')).code, 127);
  });

  it('show a terminal of the window’s size and type', { skip: skipTerminal }, async () => {
    const talk = await onTerminal(['-t'], ['stty size; echo $TERM; tty']);

    assert.equal(await talk.ended, 0);
    assert.match(talk.stdout, /40 100\r\nxterm\r\n\/dev\/pts\/\d+\r\n/);
  });

  it('end a follow of the journal with Ctrl-C', { skip: skipTerminal }, async () => {
    const talk = await onTerminal(['-t'], ['journalctl -f -u etcd2']);
    await talk.until(/ etcd2\[\d+\]: /);
    talk.write('\x03');

    assert.equal(await talk.ended, 130);
  });

  it('log in, and stay in the shell when Ctrl-C ends a follow', { skip: skipTerminal }, async () => {
    const talk = await onTerminal([], []);
    await talk.until(/core@lab-1.*\$/);
    talk.write('journalctl -f -u etcd2\r');
    await talk.until(/ etcd2\[\d+\]: /);
    talk.write('\x03');
    talk.write('echo still $((40 + 2)); exit 4\r');

    assert.equal(await talk.ended, 4);
    assert.match(talk.stdout, /still 42\r\n/);
  });

  it('share one connection among ten sessions; the eleventh is refused', async () => {
    const socket = path.join(lab.folder, 'master');
    const sharing = ['-o', `ControlPath=${socket}`];
    const master = await lab.startSsh('lab-1', ['-M', '-N', ...sharing], []);
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10));
    const follow = ['journalctl -f -u etcd2'];
    const sessions = await Promise.all(Array.from({ length: 10 }, () => lab.startSsh('lab-1', sharing, follow)));
    await Promise.all(sessions.map((session) => session.until(/ etcd2\[\d+\]: /)));

    const shared = await lab.sshArguments('lab-1', [...sharing, '-o', 'ControlMaster=no'], ['true']);
    const eleventh = await run('ssh', [...shared], { environment: lab.environment() });
    assert.match(eleventh.stderr, /Session open refused by peer/);
    sessions[0]?.child.kill();
    await sessions[0]?.ended;
    const next = await lab.startSsh('lab-1', sharing, ['hostname']);
    await next.ended;
    assert.equal(next.stdout, 'lab-1\n');
    master.child.kill();
    await master.ended;
  });

  it('bring the agent along: its keys, and the way to another node', async () => {
    const talk = await lab.startSsh('lab-1', ['-A'], ['ssh-add -l']);
    await talk.ended;
    const here = await run('ssh-add', ['-l'], { environment: lab.environment() });
    assert.equal(talk.stdout, here.stdout);

    const address = (await lab.nodes.run('lab-2', '. /etc/environment; echo $COREOS_PRIVATE_IPV4')).stdout.trim();
    const hop = `ssh -o StrictHostKeyChecking=no ${address} hostname`;
    const withAgent = await lab.startSsh('lab-1', ['-A'], [hop]);
    await withAgent.ended;
    const without = await lab.nodes.run('lab-1', hop);
    assert.equal(withAgent.stdout, 'lab-2\n');
    assert.deepEqual([without.code, without.stdout], [255, '']);
    assert.match(without.stderr, /Permission denied \(publickey\)/);
  });

  it('copy folders both ways, with scp’s own protocol and over SFTP', async () => {
    const port = ['-P', String(await lab.nodes.port('lab-1'))];
    const file = path.join(lab.folder, 'sent');
    writeFileSync(file, 'x'.repeat(300_000));
    for (const manner of ['-s', '-O']) {
      const back = path.join(lab.folder, `back${manner}`);
      const up = await run('scp', [manner, ...lab.options(), ...port, file, 'core@127.0.0.1:sent']);
      const down = await run('scp', [manner, ...lab.options(), ...port, '-r', 'core@127.0.0.1:/home/core', back]);
      assert.deepEqual([up.code, down.code, up.stderr, down.stderr], [0, 0, '', ''], manner);
      assert.equal(readFileSync(path.join(back, 'sent'), 'utf8').length, 300_000);
    }
  });

  it('find three host keys with ssh-keyscan', async () => {
    // Nobody has spoken to this node before.
    const port = String(await lab.nodes.port('lab-3'));
    const first = await run('ssh-keyscan', ['-t', 'rsa', '-p', port, '127.0.0.1']);
    assert.match(first.stdout, / ssh-rsa AAAA/);
    const { stdout, stderr } = await run('ssh-keyscan', ['-p', port, '127.0.0.1']);

    const kinds = [...stdout.matchAll(/^\[127\.0\.0\.1\]:\d+ (\S+) AAAA\S+$/gm)].map(([, kind]) => kind);
    assert.deepEqual(kinds.sort(), ['ecdsa-sha2-nistp256', 'ssh-ed25519', 'ssh-rsa']);
    assert.match(stderr, /SSH-2\.0-OpenSSH_\d/);
  });

  it('reach fleet’s socket and etcd’s port, and are told when there is nothing', async () => {
    const socket = path.join(lab.folder, 'fleet.sock');
    const options = ['-N', '-L', `${socket}:/var/run/fleet.sock`];
    await lab.startSsh('lab-1', options, []);
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10));
    const curl = await run('curl', ['-sS', '--unix-socket', socket, 'http://localhost/fleet/v1/machines']);
    const { machines } = JSON.parse(curl.stdout) as { machines: unknown[] };
    assert.equal(machines.length, 3);

    const etcd = await lab.forward('L', '127.0.0.1:2379');
    assert.equal((await run('curl', ['-sS', `http://${etcd}/health`])).stdout, '{"health":"true"}');
    const nothing = await lab.forward('L', '127.0.0.1:4444');
    assert.notEqual((await run('curl', ['-sS', `http://${nothing}/`])).code, 0);
  });

  it('stay connected over keep-alives and new keys while much is said', async () => {
    const options = ['-o', 'ServerAliveInterval=1', '-o', 'RekeyLimit=100K 1'];
    const talk = await lab.startSsh('lab-1', options, ['seq -w 100000; sleep 120; echo end']);

    assert.equal(await talk.ended, 0);
    assert.equal(talk.stdout.length, 700_004);
  });

  it('carry a hundred megabytes either way, of which the practice cloud keeps little', async () => {
    const pid = lab.nodes.practice.child.pid ?? 0;
    const peakMb = (): number =>
      Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
    const before = peakMb();
    const down = await lab.startSsh('lab-1', [], ['head -c 100000000 /dev/zero']);
    await down.ended;
    assert.equal(down.stdout.length, 100_000_000);
    const up = await run('ssh', await lab.sshArguments('lab-1', [], ['cat > /dev/null; echo took it']), {
      input: 'x'.repeat(100_000_000),
    });

    assert.equal(up.stdout, 'took it\n');
    assert.ok(peakMb() - before < 200, `${peakMb() - before} MB more`);
  });

  it('open a port on the node that leads back here (ssh -R)', async () => {
    const etcd = await lab.forward('L', '127.0.0.1:2379');
    const talk = await lab.startSsh('lab-1', ['-R', `9191:${etcd}`], ['curl -sS http://127.0.0.1:9191/health']);

    assert.equal(await talk.ended, 0, talk.stderr);
    assert.equal(talk.stdout, '{"health":"true"}');
    assert.equal((await lab.nodes.run('lab-1', 'curl -sS http://127.0.0.1:9191/health')).code, 7);
  });

  it('are hung up on when the node reboots in good order, and get in again when it is back', async () => {
    const talk = await lab.startSsh('lab-3', [], ['journalctl -f -u etcd2']);
    await talk.until(/ etcd2\[\d+\]: /);
    await lab.nodes.run('lab-3', 'sudo reboot');

    assert.equal(await talk.ended, 255);
    await lab.nodes.until('lab-3', 'systemctl is-active etcd2', /^active$/m);
  });

  it('were really there', () => {
    assert.ok(['ssh', 'scp', 'sftp', 'ssh-keyscan', 'ssh-agent', 'ssh-add'].every((name) => programPath(name)));
  });
});
