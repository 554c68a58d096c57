import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Node } from './node';
import { bootedNode, follower, started } from './node';

describe('output of commands that run on', () => {
  let node: Node;
  before(async () => {
    node = await bootedNode({ programs: [{ ...follower, directory: '/usr/bin' }] });
  });
  after(() => node.kernel.dispose());

  it('comes while the command runs, and Ctrl-C ends it with 130', async () => {
    const session = started(node, 'echo before; follow; echo never');
    await session.until('before\nline 1\nline 2\n');
    session.abort();

    assert.equal(await session.ended, 130);
    assert.doesNotMatch(session.text, /never/);
  });

  it('comes from inside sudo, bash -c, loops and conditions', async () => {
    for (const script of [
      'sudo follow',
      'bash -c "true; follow"',
      'for i in 1; do follow; done',
      'if true; then sudo -E follow; fi',
      'follow 2>&1',
      'timeout 1000000 follow',
      'env A=1 follow',
    ]) {
      const session = started(node, script);
      await session.until('line 1\nline 2\n');
      session.abort();
      await session.ended;
    }
  });

  it('comes from a script file, line by line', async () => {
    await started(node, "printf '#!/bin/bash\\necho $1\\nfollow\\n' > s.sh; chmod +x s.sh").ended;
    const session = started(node, './s.sh hello');
    await session.until('hello\nline 1\n');
    session.abort();
    await session.ended;
  });

  it('goes through filters line by line', async () => {
    const session = started(node, "follow | grep '[24]$' | sed 's/line/row/'");
    await session.until('row 2\nrow 4\n');
    session.abort();
    await session.ended;
  });

  it('ends when head has enough, though the command would go on', async () => {
    const session = started(node, 'follow | head -n 2; echo done');

    assert.equal(await session.ended, 0);
    assert.equal(session.text, 'line 1\nline 2\ndone\n');
  });

  it('of a command in the background joins in, and a hang-up ends it', async () => {
    const session = started(node, 'follow & sleep 100000; echo late');
    await session.until('line 3\n');
    session.abort();
    await session.ended;
  });

  it('stops without a word when the node loses its power', async () => {
    const lost = await bootedNode({ programs: [{ ...follower, directory: '/usr/bin' }] });
    const session = started(lost, 'follow');
    await session.until('line 1\n');
    lost.host.cutPower();
    const said = session.text;
    await session.ended;

    assert.equal(session.text, said);
    lost.kernel.dispose();
  });
});
