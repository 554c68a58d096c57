import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerChannel } from 'ssh2';
import { createClock } from '../../../../src/adapters/net/clock';
import type { Clock, NodeConnection, NodeGateway } from '../../../../src/core/ports';
import {
  endpointOf,
  gatewayTo,
  makeKey,
  startProxy,
  startSshd,
  type Behaviour,
  type LabSshd,
  type Proxy,
} from './labSshd';

const [hostKey, userKey] = [makeKey(), makeKey()];
const endpoint = endpointOf([hostKey], userKey);
/** What a command and a node's first word may take, unless asked for otherwise. */
const [EXEC_MS, GREETING_MS] = [30_000, 10_000];

interface Setup {
  readonly sshd: LabSshd;
  readonly proxy: Proxy;
  readonly gateway: NodeGateway;
  readonly node: NodeConnection;
}

async function withNode(
  behaviour: Partial<Behaviour>,
  test: (setup: Setup) => Promise<void>,
  options: { clock?: Clock; keepaliveMs?: number } = {},
): Promise<void> {
  const sshd = await startSshd({ hostKeys: [hostKey], userKey, ...behaviour });
  const proxy = await startProxy(sshd.port);
  const gateway = gatewayTo(proxy.port, options);
  try {
    await test({ sshd, proxy, gateway, node: await gateway.connect(endpoint) });
  } finally {
    gateway.dispose();
    proxy.close();
    await sshd.close();
  }
}

/** One kind of deadline, told by its length, comes sooner. */
function hasty(ofMs: number, deadlineMs: number): Clock {
  const clock = createClock();
  return { ...clock, deadline: (ms, signal) => clock.deadline(ms === ofMs ? deadlineMs : ms, signal) };
}

function finish(channel: ServerChannel, code: number): void {
  channel.exit(code);
  channel.end();
}

describe('a command on a node', () => {
  it('gets its arguments as they are and its input, and gives output, errors and exit code', async () => {
    const lines: string[] = [];
    const onExec: Behaviour['onExec'] = (channel, command) => {
      lines.push(command);
      let input = '';
      channel.on('data', (data: Buffer) => (input += data.toString()));
      channel.on('end', () => {
        channel.write(input.toUpperCase());
        channel.stderr.write('careful');
        finish(channel, 3);
      });
    };
    await withNode({ onExec }, async ({ node }) => {
      const result = await node.exec(['tee', "it's $HOME"], { stdin: 'swap' });

      assert.deepEqual(result, { exitCode: 3, signal: null, stdout: 'SWAP', stderr: 'careful' });
      assert.deepEqual(lines, ["tee 'it'\\''s $HOME'"]);
    });
  });

  it('that was killed has a signal and no exit code', async () => {
    const onExec: Behaviour['onExec'] = (channel) => {
      channel.exit('KILL');
      channel.end();
    };
    await withNode({ onExec }, async ({ node }) => {
      const { exitCode, signal } = await node.exec(['fleetd']);
      assert.deepEqual([exitCode, signal], [null, 'SIGKILL']);
    });
  });

  it('says its exit code before its last words: all of them are kept', async () => {
    const onExec: Behaviour['onExec'] = (channel) => {
      channel.exit(0);
      channel.write('last words');
      channel.end();
    };
    await withNode({ onExec }, async ({ node }) => {
      assert.equal((await node.exec(['true'])).stdout, 'last words');
    });
  });

  it('streams characters whole, however the bytes arrive', async () => {
    const bytes = Buffer.from('größe 😀 ok');
    const onExec: Behaviour['onExec'] = (channel) => {
      const sendFrom = (index: number): void => {
        if (index === bytes.length) {
          finish(channel, 0);
        } else {
          channel.write(bytes.subarray(index, index + 1), () => setImmediate(() => sendFrom(index + 1)));
        }
      };
      sendFrom(0);
    };
    await withNode({ onExec }, async ({ node }) => {
      const pieces: string[] = [];

      const { stdout } = await node.exec(['journalctl', '-f'], { onStdout: (text) => pieces.push(text) });

      assert.equal(stdout, 'größe 😀 ok');
      assert.equal(pieces.join(''), stdout);
      assert.ok(pieces.length > 5 && pieces.every((piece) => !piece.includes('\uFFFD')));
    });
  });

  it('that floods stderr does not stall', async () => {
    const onExec: Behaviour['onExec'] = (channel) => {
      channel.stderr.write(Buffer.alloc(6 << 20, 'e'), () => finish(channel, 0));
    };
    await withNode({ onExec }, async ({ node }) => {
      assert.equal((await node.exec(['noisy'])).exitCode, 0);
    });
  });

  it('that prints without end is stopped instead of filling memory', async () => {
    const onExec: Behaviour['onExec'] = (channel) => {
      const more = (): void => {
        if (channel.writable) {
          channel.write(Buffer.alloc(1 << 20, 'x'), more);
        }
      };
      more();
    };
    await withNode({ onExec }, async ({ node }) => {
      await assert.rejects(node.exec(['yes']), { code: 'commandFailed' });
    });
  });

  it('is ended when the caller gives up, and when its time is over', async () => {
    const ended: string[] = [];
    const behaviour: Partial<Behaviour> = {
      onExec: (channel) => {
        channel.resume();
        channel.write('working\n');
        channel.on('close', () => ended.push('closed'));
      },
    };
    await withNode(behaviour, async ({ node }) => {
      const controller = new AbortController();
      const following = node.exec(['journalctl', '-f'], {
        timeoutMs: Infinity,
        signal: controller.signal,
        onStdout: () => controller.abort(),
      });
      await assert.rejects(following, { name: 'AbortError' });
      await assert.rejects(node.exec(['sudo', '/bin/sleep', 'secret'], { timeoutMs: 400 }), {
        code: 'timedOut',
        message: 'sleep on deis-1 did not end in time.',
      });
      while (ended.length < 2) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual(ended, ['closed', 'closed']);
    });
  });

  it('shares the connection with at most seven others; further ones wait', async () => {
    let [open, most] = [0, 0];
    const onExec: Behaviour['onExec'] = (channel) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open -= 1;
        finish(channel, 0);
      }, 5);
    };
    await withNode({ onExec }, async ({ node, sshd }) => {
      const results = await Promise.all(Array.from({ length: 30 }, () => node.exec(['true'])));

      assert.ok(results.every(({ exitCode }) => exitCode === 0));
      assert.deepEqual([most, sshd.connections.length], [8, 1]);
    });
  });

  it('that waits for its turn can still be given up', async () => {
    await withNode({ onExec: () => undefined }, async ({ node }) => {
      const stop = new AbortController();
      const running = Array.from({ length: 8 }, () =>
        node.exec(['sleep'], { signal: stop.signal }).catch(() => undefined),
      );
      await assert.rejects(node.exec(['true'], { timeoutMs: 20 }), { code: 'timedOut' });
      assert.equal(node.isOpen, true);
      stop.abort();
      await Promise.all(running);
    });
  });

  it('never forwards an agent', async () => {
    let asked = 0;
    const behaviour: Partial<Behaviour> = {
      onSession: (session) => session.on('auth-agent', () => (asked += 1)),
      onExec: (channel) => finish(channel, 0),
    };
    await withNode(behaviour, async ({ node }) => {
      await node.exec(['true']);
      assert.equal(asked, 0);
    });
  });
});

describe('a connection', () => {
  it('that breaks rejects what is under way, says so, and is made again at the next use', async () => {
    await withNode(
      { onExec: (channel, command) => command === 'true' && finish(channel, 0) },
      async ({ node, gateway, proxy, sshd }) => {
        let closedCount = 0;
        node.onClose(() => (closedCount += 1));
        const pending = [node.exec(['sleep']), node.request({ target: { port: 4001 }, method: 'GET', path: '/' })];
        setTimeout(() => proxy.cut(), 20);

        for (const one of pending) {
          await assert.rejects(one, ({ code }) => code === 'sshClosed' || code === 'commandFailed');
        }
        assert.deepEqual([node.isOpen, closedCount], [false, 1]);
        await assert.rejects(node.exec(['true']), { code: 'sshClosed' });
        const again = await gateway.connect(endpoint);
        assert.equal((await again.exec(['true'])).exitCode, 0);
        assert.equal(sshd.connections.length, 2);
      },
    );
  });

  it('to a node that lost its power ends after three unanswered questions', async () => {
    await withNode(
      { onExec: () => undefined },
      async ({ node, proxy }) => {
        const pending = node.exec(['sleep'], { timeoutMs: Infinity });
        proxy.mute();
        await assert.rejects(pending, { code: 'sshClosed' });
        assert.equal(node.isOpen, false);
      },
      { keepaliveMs: 15 },
    );
  });

  it('that stays silent through a whole call is lost, not late', async () => {
    await withNode(
      {},
      async ({ node, proxy }) => {
        proxy.mute();
        await assert.rejects(node.exec(['uptime']), { code: 'sshClosed' });
        assert.equal(node.isOpen, false);
      },
      { clock: hasty(EXEC_MS, 150) },
    );
  });

  it('to a node that accepts and stays mute is given up', async () => {
    const sshd = await startSshd({ hostKeys: [hostKey], userKey });
    const proxy = await startProxy(sshd.port);
    proxy.mute();
    const gateway = gatewayTo(proxy.port, { clock: hasty(GREETING_MS, 30) });

    await assert.rejects(gateway.connect(endpoint), { code: 'sshUnreachable', message: /does not answer/ });

    gateway.dispose();
    proxy.close();
    await sshd.close();
  });

  it('cut at any byte of the handshake is sshUnreachable, and never an uncaught error', async () => {
    const sshd = await startSshd({ hostKeys: [hostKey], userKey });
    for (let bytes = 0; bytes < 1_500; bytes += 97) {
      const proxy = await startProxy(sshd.port);
      proxy.cutAfter(bytes);
      const gateway = gatewayTo(proxy.port);
      await assert.rejects(gateway.connect(endpoint), { code: 'sshUnreachable' }, `after ${bytes} bytes`);
      gateway.dispose();
      proxy.close();
    }
    await sshd.close();
  });

  it('to an address where nobody listens is sshUnreachable', async () => {
    await assert.rejects(gatewayTo(1).connect(endpoint), { code: 'sshUnreachable' });
  });
});

describe('the connections of a gateway', () => {
  const onExec: Behaviour['onExec'] = (channel) => finish(channel, 0);

  it('are one for each node, however many ask at once', async () => {
    await withNode({ onExec }, async ({ gateway, sshd, node }) => {
      const others = await Promise.all([1, 2, 3].map(() => gateway.connect(endpoint)));
      others[0]?.dispose();
      others[0]?.dispose();
      assert.equal((await node.exec(['true'])).exitCode, 0);
      const second = await gateway.connect({ ...endpoint, name: 'deis-2' });
      assert.equal((await second.exec(['true'])).exitCode, 0);
      assert.equal(sshd.connections.length, 2);
    });
  });

  it('are dropped when a node is forgotten, and when it would not be trusted any more', async () => {
    await withNode({ onExec }, async ({ gateway, node }) => {
      gateway.forget('c1', 'deis-1');
      assert.equal(node.isOpen, false);

      const again = await gateway.connect(endpoint);
      const distrusted = gateway.connect({ ...endpoint, trustedHostKeys: [makeKey().public] });
      await assert.rejects(distrusted, { code: 'hostKeyChanged' });
      assert.equal(again.isOpen, false);
    });
  });

  it('outlive one caller who gives up while they are made, and are not made for nobody', async () => {
    const sshd = await startSshd({ hostKeys: [hostKey], userKey, onExec });
    const gateway = gatewayTo(sshd.port);
    const impatient = new AbortController();
    const [first, second] = [gateway.connect(endpoint, impatient.signal), gateway.connect(endpoint)];
    impatient.abort();
    await assert.rejects(first, { name: 'AbortError' });
    assert.equal((await second).isOpen, true);

    const lonely = new AbortController();
    const nobody = gateway.connect({ ...endpoint, name: 'deis-9' }, lonely.signal);
    await new Promise((resolve) => setImmediate(resolve));
    lonely.abort();
    await assert.rejects(nobody, { name: 'AbortError' });
    gateway.dispose();
    assert.equal((await second).isOpen, false);
    await sshd.close();
  });
});

describe('a terminal', () => {
  it('has a size and a kind, follows its window, and ends with the shell’s exit code', async () => {
    const seen: unknown[] = [];
    const behaviour: Partial<Behaviour> = {
      onSession(session) {
        session.on('pty', (_accept, _reject, { term, cols, rows }: { term?: string; cols: number; rows: number }) =>
          seen.push([term, cols, rows]),
        );
        session.on('window-change', (_accept, _reject, { cols, rows }) => seen.push([cols, rows]));
      },
      onShell(channel) {
        channel.write('core@deis-1 ~ $ ');
        channel.on('data', (data: Buffer) => {
          seen.push(data.toString());
          finish(channel, 7);
        });
      },
    };
    await withNode(behaviour, async ({ node }) => {
      const shell = await node.openShell({ columns: 100, rows: 30 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      const [text, exit] = await new Promise<[string, unknown]>((resolve) => {
        let all = '';
        shell.onData((data) => (all += data));
        shell.resize(80, 24);
        shell.write('exit 7\r');
        shell.onExit((...how) => resolve([all, how]));
      });
      assert.equal(text, 'core@deis-1 ~ $ ');
      assert.deepEqual(exit, [7, undefined]);
      assert.deepEqual(seen, [['xterm-256color', 100, 30], [80, 24], 'exit 7\r']);
    });
  });

  it('says that the connection was lost when the node dies, also to who asks late', async () => {
    await withNode({ onShell: () => undefined }, async ({ node, proxy }) => {
      const shell = await node.openShell({ columns: 80, rows: 24 });
      const exits = [1, 2].map(() => new Promise<unknown[]>((resolve) => shell.onExit((...how) => resolve(how))));
      proxy.cut();
      for (const exit of await Promise.all(exits)) {
        assert.deepEqual(exit, [undefined, 'the connection was lost']);
      }
      shell.onExit((code) => assert.equal(code, undefined));
      shell.write('too late');
      shell.dispose();
    });
  });

  it('leaves room for commands: the fifth on one node is refused', async () => {
    const behaviour: Partial<Behaviour> = { onShell: () => undefined, onExec: (channel) => finish(channel, 0) };
    await withNode(behaviour, async ({ node }) => {
      const size = { columns: 80, rows: 24 };
      const shells = await Promise.all([1, 2, 3, 4].map(() => node.openShell(size)));
      await assert.rejects(node.openShell(size), { code: 'invalidInput' });
      assert.equal((await node.exec(['true'])).exitCode, 0);
      shells[0]?.dispose();
      await new Promise((resolve) => setImmediate(resolve));
      await node.openShell(size);
    });
  });
});
