import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import { execute, follow, ListeningNode } from './node';

describe('a node’s sshd, by ssh2’s client', { timeout: 60_000 }, () => {
  const target = new ListeningNode();
  let client: Client;
  before(async () => {
    await target.start();
    client = await target.connect();
  });
  after(() => {
    client.end();
    target.stop();
  });

  it('streams a command and ends it on Ctrl-C of its terminal with 130', async () => {
    const command = await execute(client, 'follow', { pty: true });
    await command.until('line 2\r\n');
    command.channel.write('\x03');

    assert.equal((await command.ended).code, 130);
  });

  it('ends a command on a signal, and says by which', async () => {
    const command = await execute(client, 'follow');
    await command.until('line 2\n');
    command.channel.signal('TERM');
    const { code, signal } = await command.ended;

    assert.deepEqual([code, signal], [null, 'SIGTERM']);
  });

  it('hears a signal from a client that has no more input, as those in Go', async () => {
    const command = await execute(client, 'follow');
    await command.until('line 2\n');
    command.channel.eof();
    signalAfterEnd(command.channel, 'TERM');

    assert.equal((await command.ended).signal, 'SIGTERM');
  });

  it('ends a command whose channel is closed', async () => {
    const command = await execute(client, 'follow');
    await command.until('line 2\n');
    command.channel.close();
    await command.ended;

    const { stdout } = await (await execute(client, 'echo next')).ended;
    assert.equal(stdout, 'next\n');
  });

  it('passes environment, terminal and its size on, also a new one', async () => {
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      const window = { cols: 100, rows: 40, term: 'xterm-256color' };
      client.shell(window, { env: { LC_TEST: 'yes' } }, (error, opened) =>
        error === undefined ? resolve(opened) : reject(error),
      );
    });
    const terminal = follow(channel);
    await terminal.until('$\x1b[00m ');
    channel.write('stty size; echo $TERM\r');
    await terminal.until('40 100\r\nxterm-256color\r\n');
    channel.setWindow(24, 80, 0, 0);
    channel.write('stty size; exit 2\r');

    const { code, stdout } = await terminal.ended;
    assert.equal(code, 2);
    assert.match(stdout, /24 80\r\n/);
  });

  it('has ten sessions on a connection and refuses the eleventh', async () => {
    const commands = await Promise.all(Array.from({ length: 10 }, () => execute(client, 'follow')));

    await assert.rejects(execute(client, 'true'), /open failed/);
    commands.forEach(({ channel }) => channel.close());
    await Promise.all(commands.map(({ ended }) => ended));
    assert.equal((await (await execute(client, 'echo again')).ended).stdout, 'again\n');
  });

  it('opens the node’s sockets and says when there is none', async () => {
    const stop = target.node.host.listen({ socketPath: '/run/docker.sock' }, (_request, response) =>
      response.end('docker'),
    );
    const open = (socketPath: string): Promise<ClientChannel> =>
      new Promise((resolve, reject) => {
        client.openssh_forwardOutStreamLocal(socketPath, (error, opened) =>
          error === undefined ? resolve(opened) : reject(error),
        );
      });
    const stream = await open('/var/run/docker.sock');
    const answer = new Promise<string>((resolve) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += String(chunk)));
      stream.once('close', () => resolve(text));
    });
    stream.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');

    assert.match(await answer, /^HTTP\/1\.1 200 OK[^]*docker/);
    await assert.rejects(open('/var/run/nosuch.sock'), /open failed/);
    stop();
  });

  it('takes a new host key from its file at the next connection', async () => {
    const fingerprints: string[] = [];
    const look = async (): Promise<void> => {
      const seen = await target.connect({
        algorithms: { serverHostKey: ['ssh-ed25519'] },
        hostVerifier: (key: Buffer) => {
          fingerprints.push(key.toString('base64'));
          return true;
        },
      });
      seen.end();
    };
    await look();
    await (
      await execute(client, 'sudo rm /etc/ssh/ssh_host_ed25519_key*; sudo sshd-keygen')
    ).ended;
    await look();

    assert.equal(fingerprints.length, 2);
    assert.notEqual(fingerprints[0], fingerprints[1]);
    const { stdout } = await (await execute(client, 'cat /etc/ssh/ssh_host_ed25519_key.pub')).ended;
    assert.equal(stdout.split(' ')[1], fingerprints[1]);
  });

  it('reads and writes files over SFTP', async () => {
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
      client.sftp((error, opened) => (error === undefined ? resolve(opened) : reject(error)));
    });
    await new Promise<void>((resolve, reject) => {
      sftp.writeFile('/home/core/note', 'hello', (error) => (error ? reject(error) : resolve()));
    });
    const text = await new Promise<string>((resolve, reject) => {
      sftp.readFile('note', (error, data) => (error === undefined ? resolve(String(data)) : reject(error)));
    });

    assert.equal(text, 'hello');
    sftp.end();
  });

  it('lets go of everything when the power goes, without a word to the client', async () => {
    const other = new ListeningNode();
    await other.start();
    const lost = await other.connect();
    const command = await execute(lost, 'follow');
    await command.until('line 2\n');
    let isClosed = false;
    lost.once('close', () => (isClosed = true));
    other.node.host.cutPower();
    await new Promise((resolve) => setTimeout(resolve, 50));

    assert.equal(isClosed, false);
    lost.on('error', () => undefined);
    lost.end();
    other.stop();
  });
});

/** After the end of its input ssh2's own client would keep a signal to itself. */
function signalAfterEnd(channel: ClientChannel, name: string): void {
  const outgoing: unknown = Reflect.get(channel, 'outgoing');
  if (typeof outgoing !== 'object' || outgoing === null) throw new Error('ssh2 keeps its channels elsewhere now.');
  Reflect.set(outgoing, 'state', 'open');
  channel.signal(name);
  Reflect.set(outgoing, 'state', 'eof');
}
