import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Node } from './node';
import { bootedNode, follower } from './node';
import { Person, withoutColours } from './terminal';

describe('a terminal on a node', () => {
  let node: Node;
  before(async () => {
    node = await bootedNode({ programs: [{ ...follower, directory: '/usr/bin' }] });
  });
  after(() => node.kernel.dispose());

  it('greets with the message of the day and CoreOS’ prompt in its colours', async () => {
    const person = new Person(node);
    await person.prompt();

    assert.match(person.raw, /Welcome to Deis\r\n/);
    assert.ok(person.raw.endsWith('\x1b[01;32mcore@deis-1\x1b[01;34m ~ $\x1b[00m '));
    person.hangUp();
    const second = new Person(node);
    await second.prompt();
    assert.match(second.raw, /^Last login: Fri May 20 12:0\d:\d\d UTC 2016 from localhost on pts\/0\r\n/);
    second.hangUp();
  });

  it('keeps directory, variables and functions from line to line', async () => {
    const person = new Person(node);

    assert.equal(await person.says('cd /etc; X=5; greet() { echo "hi $1"; }'), '');
    assert.match(withoutColours(person.raw), /core@deis-1 \/etc \$ $/);
    assert.equal(await person.says('pwd; echo $X; greet you'), '/etc\n5\nhi you\n');
    assert.equal(await person.says('false'), '');
    assert.equal(await person.says('echo $?'), '1\n');
    person.hangUp();
  });

  it('searches backwards through the history with Ctrl-R', async () => {
    const person = new Person(node);
    await person.says('echo first of all');
    await person.says('echo second of all');
    person.type('\x12of all');
    await person.shows("(reverse-i-search)`of all': echo second of all");
    person.type('\x12');
    await person.shows("(reverse-i-search)`of all': echo first of all");

    person.type('\r');
    await person.until(() => person.raw.split('\r\nfirst of all\r\n').length === 3);
    await person.prompt();
    person.type('half a line');
    person.type('\x12no such');
    await person.shows("(failed reverse-i-search)`no such': ");
    person.type('\x07\x15');
    assert.equal(await person.says('echo left'), 'left\n');
    person.hangUp();
  });

  it('keeps arrays and aliases too', async () => {
    const person = new Person(node);
    await person.says('a=(1 "two three"); a+=(4); alias hi="echo hi there"');

    assert.equal(await person.says('echo "${a[1]}" ${#a[@]}; hi you'), 'two three 3\nhi there you\n');
    person.hangUp();
  });

  it('takes several lines that are pasted at once', async () => {
    const person = new Person(node);
    await person.prompt();
    person.type('sleep 1\recho one\rread x\rgiven\recho "<$x>"\r');
    await person.shows('\r\none\r\n');
    await person.shows('\r\n<given>\r\n');
    person.hangUp();
  });

  it('opens shells inside: sudo -i, bash, and leads back out', async () => {
    const person = new Person(node);
    await person.prompt();
    person.type('sudo -i\r');
    await person.shows('deis-1 ~ # ');
    person.type('whoami; pwd; false\r');
    await person.shows('root\r\n/root\r\n');
    person.type('bash\r');
    await person.until(() => person.raw.split('#\x1b[00m ').length === 4);
    person.type('X=9; echo "in $X"; exit 3\r');
    await person.shows('in 9\r\n');
    person.type('echo "code $? [$X]"; exit\r');
    await person.shows('code 3 []\r\n');
    await person.prompt();

    assert.equal(await person.says('whoami'), 'core\n');
    person.hangUp();
  });

  it('edits a line: backspace, arrows, Ctrl-U, Ctrl-W, Ctrl-A and Ctrl-K', async () => {
    const person = new Person(node);

    assert.equal(await person.says('echo helxx\x7f\x7flo'), 'hello\n');
    assert.equal(await person.says('cho x\x1b[D\x1b[D\x1b[D\x1b[D\x1b[De\x1b[C'), 'x\n');
    assert.equal(await person.says('rubbish\x15echo b c\x17d'), 'b d\n');
    assert.equal(await person.says('xx echo\x01\x1b[C\x1b[C \x0b\x15echo end'), 'end\n');
    person.hangUp();
  });

  it('recalls earlier lines with the arrows', async () => {
    const person = new Person(node);
    await person.says('echo one');
    await person.says('echo two');

    assert.equal(await person.says('\x1b[A\x1b[A'), 'one\n');
    assert.equal(await person.says('\x1b[A\x1b[A\x1b[B 2'), 'one 2\n');
    person.hangUp();
  });

  it('completes commands and files with Tab', async () => {
    const person = new Person(node);
    await person.prompt();
    person.type('hostnamec\t');
    await person.shows('$ hostnamectl ');
    person.type('\x15cat /etc/mot\t');
    await person.shows('cat /etc/motd ');
    person.type('\r');
    await person.shows('Welcome to Deis');
    person.hangUp();
  });

  it('interrupts a program with Ctrl-C and goes on', async () => {
    const person = new Person(node);
    await person.prompt();
    person.type('follow; echo never\r');
    await person.shows('line 2');
    person.type('\x03');
    await person.prompt();

    assert.match(person.raw, /\^C\r\n/);
    assert.equal(await person.says('echo $?'), '130\n');
    assert.doesNotMatch(withoutColours(person.raw), /^never/m);
    person.hangUp();
  });

  it('drops a line with Ctrl-C', async () => {
    const person = new Person(node);
    await person.prompt();
    person.type('half a line\x03');
    await person.prompt();

    assert.equal(await person.says('echo $?'), '130\n');
    person.hangUp();
  });

  it('asks for the rest of a command that is not complete', async () => {
    const person = new Person(node);
    await person.prompt();
    person.type('for i in 1 2\rdo\recho "n$i"\rdone\r');
    await person.shows('n1\r\nn2\r\n');
    await person.prompt();
    person.type('cat <<X\rinside\rX\r');
    await person.shows('inside\r\ncore@');
    person.hangUp();
  });

  it('gives back the number of exit, also when it is one of several commands', async () => {
    for (const line of ['exit 4', 'echo x; exit 4', '(exit 4)\rexit', '(exit 4)\r\x04']) {
      const person = new Person(node);
      await person.prompt();
      person.type(`${line}\r`);

      assert.equal(await person.ended, 4, line);
    }
  });

  it('gives a program what is typed, and keeps what it did not read', async () => {
    const person = new Person(node);
    await person.prompt();
    person.type('read x; echo "got $x"\r');
    await new Promise(setImmediate);
    person.type('typed\r');
    await person.shows('got typed');
    person.hangUp();
  });

  it('tells programs the size of the window', async () => {
    const size = { columns: 100, rows: 30, name: 'xterm' };
    const person = new Person(node, size);

    assert.equal(await person.says('stty size; echo $COLUMNS'), '30 100\n100\n');
    size.columns = 40;
    assert.equal(await person.says('stty size; tput cols'), '30 40\n40\n');
    person.hangUp();
  });

  it('runs top and watch until q or Ctrl-C', async () => {
    const person = new Person(node);
    await person.prompt();
    person.type('top\r');
    await person.shows('COMMAND');
    person.type('q');
    await person.prompt();
    person.type('watch -n 1 hostname\r');
    await person.shows('Every 1.0s: hostname');
    person.type('\x03');
    await person.prompt();

    assert.equal(await person.says('echo back'), 'back\n');
    person.hangUp();
  });

  it('has one editor, vim, and no other, as bash says', async () => {
    const person = new Person(node);

    assert.equal(await person.says('nano x; type -P vi'), '-bash: nano: command not found\n/usr/bin/vi\n');
    person.hangUp();
  });
});
