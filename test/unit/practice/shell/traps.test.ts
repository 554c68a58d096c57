import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Input } from '../../../../src/practice/shell/input';
import { CollectedOutput } from '../../../../src/practice/shell/output';
import type { Node } from './node';
import { bootedNode, transcript } from './node';
import { Person, withoutColours } from './terminal';

describe('traps, history and prompts of the shell', { timeout: 60_000 }, () => {
  let node: Node;
  before(async () => (node = await bootedNode()));
  after(() => node.kernel.dispose());

  const run = (script: string): Promise<string> => transcript(node, script, { user: 'core', stdin: '' });

  it('clean up when a signal ends the script, with its variables', async () => {
    assert.equal(
      await run('f=/tmp/x; trap "echo removed $f; exit 9" TERM; kill $$; sleep 5; echo on'),
      'removed /tmp/x\n[exit 9]',
    );
    assert.equal(await run("f=here; trap 'echo left $f' EXIT; kill -INT $$; sleep 5"), 'left here\n[exit 130]');
    assert.equal(await run("trap 'echo bye' EXIT; exit 3"), 'bye\n[exit 3]');
  });

  it('clean up on Ctrl-C', async () => {
    const output = new CollectedOutput();
    const interrupt = new AbortController();
    const script = "trap 'echo cleaned' EXIT; echo begun; read line";
    const ended = node.shell.start(script, { user: 'core', signal: interrupt.signal, input: new Input() }, output);
    while (output.text === '') await new Promise((resolve) => setImmediate(resolve));
    interrupt.abort();

    assert.equal(await ended, 130);
    assert.equal(output.text, 'begun\ncleaned\n');
  });

  it('wait for the end of a terminal’s shell', async () => {
    const person = new Person(node);
    assert.equal(await person.says('trap "echo so long" EXIT'), '');
    assert.equal(await person.says('echo still here'), 'still here\n');
    person.type('exit 2\r');

    assert.equal(await person.ended, 2);
    assert.match(person.raw, /logout\r\nso long\r\n$/);
  });

  it('bring earlier commands back: !!, !$, !-2, !ec, ^old^new', async () => {
    const person = new Person(node);
    await person.says('echo one two');
    assert.equal(await person.says('!!'), 'echo one two\none two\n');
    assert.equal(await person.says('echo !$'), 'echo two\ntwo\n');
    assert.equal(await person.says('!-2'), 'echo one two\none two\n');
    assert.equal(await person.says('^one^three'), 'echo three two\nthree two\n');
    assert.equal(await person.says("echo 'Hi!' !ech"), "echo 'Hi!' echo three two\nHi! echo three two\n");
    assert.equal(await person.says('!nosuch'), '-bash: !nosuch: event not found\n');
    assert.match(await person.says('history | tail -n 1'), /^ +\d+ {2}history \| tail -n 1\n$/);
    person.hangUp();
  });

  it('ask with read -p, and finish a word before the keys after Tab', async () => {
    const person = new Person(node);
    await person.prompt();
    person.type('read -p "name: " n; echo "<$n>"\r');
    await person.shows('\r\nname: ');
    person.type('bob\r');
    await person.shows('<bob>');
    await person.prompt();
    person.type('ls /etc/hostn\t\r');
    await person.until(() => withoutColours(person.raw).includes('ls /etc/hostname \r\n'));
    person.hangUp();
  });

  it('know a socket and a terminal when they see one', async () => {
    const close = node.host.listen({ socketPath: '/run/some.sock' }, (_request, response) => response.end());
    const tests =
      'test -S /var/run/some.sock; echo $?; [ -S /etc/hosts ] || echo no; [[ -S /run/some.sock && ! -t 1 ]] && echo both';
    assert.equal(await run(tests), '0\nno\nboth\n');
    close();
    const person = new Person(node);
    assert.equal(await person.says('[ -t 1 ]; echo $?; test -t 1; echo $?; [[ -t 1 ]]; echo $?'), '0\n0\n0\n');
    assert.equal(await person.says('echo a; do'), "-bash: syntax error near unexpected token `do'\n");
    assert.equal(await person.says('echo on'), 'on\n');
    person.hangUp();
  });
});
