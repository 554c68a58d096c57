import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { ClusterError } from '../../src/core/errors';
import type { NodeConnection, ShellChannel } from '../../src/core/ports';
import { NodeTerminal } from '../../src/ui/terminals/nodeTerminal';

/** A shell on the other side, played by the test. */
class FakeShell implements ShellChannel {
  readonly written: string[] = [];
  readonly sizes: string[] = [];
  isDisposed = false;
  print: (text: string) => void = () => undefined;
  exit: (exitCode: number | undefined, reason?: string) => void = () => undefined;

  write(text: string): void {
    this.written.push(text);
  }
  resize(columns: number, rows: number): void {
    this.sizes.push(`${columns}x${rows}`);
  }
  onData(listener: (text: string) => void): void {
    this.print = listener;
  }
  onExit(listener: (exitCode: number | undefined, reason?: string) => void): void {
    this.exit = listener;
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

class FakeNode {
  readonly shells: FakeShell[] = [];
  isAnswering = true;
  isReachable = true;
  /** Connections that were lent out and not given back. */
  lent = 0;

  readonly connect = async (): Promise<NodeConnection> => {
    await setImmediate();
    if (!this.isReachable) {
      throw new ClusterError('deis-1 does not answer on port 22. Is it powered off?', { code: 'sshUnreachable' });
    }
    const shell = new FakeShell();
    this.shells.push(shell);
    this.lent += 1;
    const connection: Partial<NodeConnection> = {
      openShell: () => Promise.resolve(shell),
      onClose: () => ({ dispose: () => undefined }),
      dispose: () => (this.lent -= 1),
      exec: () =>
        this.isAnswering
          ? Promise.resolve({ exitCode: 0, signal: null, stdout: '', stderr: '' })
          : Promise.reject(new ClusterError('deis-1 did not answer in time.', { code: 'timedOut' })),
    };
    return connection as NodeConnection; // Only what a terminal uses.
  };
}

describe('The SSH terminal', () => {
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  let node: FakeNode;
  let terminal: NodeTerminal;
  let screen: string;
  const shell = (): FakeShell => node.shells.at(-1) ?? assert.fail('no shell was opened');
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await setImmediate();
  };

  beforeEach(async () => {
    node = new FakeNode();
    const options = { operator: { connect: node.connect }, clusterId: 'c', nodeName: 'deis-1', log, silenceMs: 5 };
    terminal = new NodeTerminal(options);
    screen = '';
    terminal.onDidWrite((text) => (screen += text));
    terminal.open({ columns: 100, rows: 30 });
    await settle();
  });
  afterEach(() => terminal.close());

  it('carries text both ways, and the size of the window', () => {
    terminal.handleInput('ls\r');
    shell().print('\x1b[32mgreen\x1b[0m');
    terminal.setDimensions({ columns: 120, rows: 40 });

    assert.deepEqual(shell().written, ['ls\r']);
    assert.ok(screen.endsWith('\x1b[32mgreen\x1b[0m'));
    assert.deepEqual(shell().sizes, ['100x30', '120x40']);
  });

  it('shows the exit code and connects again on Enter', async () => {
    shell().exit(3);
    assert.match(screen, /The shell on deis-1 has ended with exit code 3\. Enter connects again/);

    terminal.handleInput('\r');
    await settle();

    assert.equal(node.shells.length, 2);
    assert.equal(node.shells[0]?.isDisposed, true);
  });

  it('closes on Ctrl+D after the end', () => {
    let isClosed = false;
    terminal.onDidClose(() => (isClosed = true));
    shell().exit(0);

    terminal.handleInput('\x04');

    assert.equal(isClosed, true);
  });

  it('says so when a node has frozen, and when it is back', async () => {
    node.isAnswering = false;
    terminal.handleInput('ls\r');
    while (!screen.includes('does not answer')) await setImmediate();
    assert.match(screen, /deis-1 does not answer\./);

    shell().print('file');

    assert.match(screen, /deis-1 answers again\.[\s\S]*file$/);
  });

  it('does not call a busy command a frozen node', async () => {
    terminal.handleInput('sleep 100\r');
    await new Promise((resolve) => setTimeout(resolve, 30));

    assert.doesNotMatch(screen, /does not answer/);
  });

  it('says what went wrong when the connection is lost, and why it can not be made again', async () => {
    shell().exit(undefined, 'keep-alive time-out');
    assert.match(screen, /The connection to deis-1 was lost: keep-alive time-out\./);

    node.isReachable = false;
    terminal.handleInput('\r');
    await settle();

    assert.match(screen, /deis-1 does not answer on port 22\. Is it powered off\?/);
  });

  it('gives its connection back when it ends', () => {
    assert.equal(node.lent, 1);

    shell().exit(0);

    assert.equal(node.lent, 0);
  });

  it('leaves nothing open when it is closed while connecting', async () => {
    const late = new NodeTerminal({ operator: { connect: node.connect }, clusterId: 'c', nodeName: 'deis-1', log });
    late.open(undefined);
    late.close();
    await settle();

    assert.equal(shell().isDisposed, true);
    assert.equal(node.lent, 1, 'only that of the other terminal');
  });
});
