import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Input } from '../../../../src/practice/shell/input';
import type { Node } from './node';
import { bootedNode } from './node';

/** A client such as ssh2 leaves standard input open until somebody closes the channel. */
describe('commands whose standard input never ends', () => {
  let node: Node;
  before(async () => (node = await bootedNode()));
  after(() => node.kernel.dispose());

  const commands = [
    'cat /etc/hosts',
    'F=/etc/hosts; cat "$F"',
    'grep localhost /etc/hosts',
    'grep -e localhost /etc/hosts',
    'sed -n 1p /etc/hosts',
    "awk '{print $1}' /etc/hosts",
    'head -n 1 /etc/hosts',
    'tail -n 1 /etc/hosts',
    'wc -l /etc/hosts',
    'sort -k 1 /etc/hosts',
    'cut -d : -f 1 /etc/passwd',
    'hostname; df; free; sudo swapon --show; sudo iptables -S; systemctl is-active sshd.socket',
    'cat /etc/hosts | grep localhost | wc -l',
    'bash -c "cat /etc/hosts"; sudo cat /etc/hosts',
    'for i in 1 2; do uptime; done; if true; then date; fi',
    'ls -l < /dev/null; tar cf /tmp/x.tar /etc/hosts',
    'curl -sS http://127.0.0.1:4001/; true',
    'ssh-keygen -q -t ed25519 -N "" -f k; ssh-keygen -l -f k.pub',
  ];
  for (const command of commands) {
    it(`end all the same: ${command}`, async () => {
      const nothing = (): void => undefined;

      await node.shell.start(command, { user: 'core', input: new Input() }, { stdout: nothing, stderr: nothing });
    });
  }

  it('wait when they read it', async () => {
    const input = new Input();
    let text = '';
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const stdout = (chunk: string): void => {
      text += chunk;
      begin();
    };
    const options = { user: 'core' as const, input };
    const ended = node.shell.start('echo begun; cat; grep -c b', options, { stdout, stderr: () => undefined });
    await begun;
    assert.equal(text, 'begun\n');
    input.push(Buffer.from('abc\n'));
    input.end();
    await ended;

    assert.equal(text, 'begun\nabc\n0\n');
  });
});
