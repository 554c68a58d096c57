import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Node } from './node';
import { bootedNode, follower, started, transcript } from './node';

describe('functions and jobs in the shell of a node', () => {
  let node: Node;
  before(async () => {
    node = await bootedNode({ programs: [{ ...follower, directory: '/usr/bin' }] });
  });
  after(() => node.kernel.dispose());

  const run = (script: string): Promise<string> => transcript(node, script, { user: 'core' });

  it('shows what a function prints while it runs', async () => {
    const session = started(node, 'watch_it() { echo begin; follow; }; watch_it');
    await session.until('begin\nline 1\nline 2\n');
    session.abort();

    assert.equal(await session.ended, 130);
  });

  it('lets a function be captured, piped, redirected and called by another all the same', async () => {
    const script =
      'f() { echo "f $1"; }; g() { f "$1" && f 2; }; x=$(g 1); echo "[$x]"; g 3 | tail -1; g 4 > t; wc -l < t; g 5';

    assert.equal(await run(script), '[f 1\nf 2]\nf 2\n2\nf 5\nf 2\n');
    assert.equal(
      await run('r() { if [ $1 -gt 0 ]; then r $(($1 - 1)); fi; echo r$1; return $1; }; r 2'),
      'r0\nr1\nr2\n[exit 2]',
    );
  });

  it('tells how a function is declared, and forgets it', async () => {
    const shown = 'f () \n{ \n    echo one;\n    return 3\n}\n';

    assert.equal(
      await run('f() { echo one; return 3; }; declare -f f; unset -f f; f'),
      `${shown}[err] bash: f: command not found\n[exit 127]`,
    );
  });

  it('runs functions in the background with the variables of the script', async () => {
    assert.equal(await run('x=5; f() { echo "$x $1"; }; f a & wait; { echo $x; } & wait'), '5 a\n5\n');
    assert.equal(await run('f() { sleep 1 & echo ${#!} > n; wait $!; echo "$? $(cat n)"; }; f'), '0 4\n');
  });

  it('ends at a signal to itself', async () => {
    assert.equal(await run('echo one; kill -TERM $$; echo two'), 'one\n[exit 143]');
    assert.equal(await run('kill -9 $$; echo two'), '[exit 143]');
  });

  it('dumps bytes as od and hexdump do', async () => {
    assert.equal(await run('echo hello | od -tx1'), '0000000 68 65 6c 6c 6f 0a\n0000006\n');
    assert.equal(await run('printf ab | od -An -tx1'), ' 61 62\n');
    assert.equal(await run('echo hello | od -c'), '0000000   h   e   l   l   o  \\n\n0000006\n');
    assert.equal(await run('head -c 48 /dev/zero | od'), `0000000${' 000000'.repeat(8)}\n*\n0000060\n`);
    const row = '00000000  61 62 63 0a                                       |abc.|\n00000004\n';
    assert.equal(await run('echo abc > f; hexdump -C f'), row);
  });
});
