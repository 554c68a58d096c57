import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Node } from '../shell/node';
import { bootedNode, transcript } from '../shell/node';

describe('nc', () => {
  let node: Node;
  before(async () => (node = await bootedNode()));
  after(() => node.kernel.dispose());

  const run = (script: string): Promise<string> => transcript(node, script, { user: 'core' });

  it('tells an open port from a closed one, by exit code and with -v in words', async () => {
    assert.equal(await run('nc -z 127.0.0.1 8099'), '[exit 1]');
    const close = node.host.listen({ port: 8099 }, () => undefined);
    assert.equal(await run('nc -z 127.0.0.1 8099'), '');
    assert.equal(await run('ncat -zv localhost 8099'), '[err] Ncat: Connected to 127.0.0.1:8099.\n');
    close();
    assert.equal(await run('nc -z -v 127.0.0.1 8099'), '[err] Ncat: Connection refused.\n[exit 1]');
  });

  it('carries what is typed to the port, and what that says back', async () => {
    const close = node.host.listen({ port: 8098 }, (request, response) => response.end(`you asked for ${request.url}`));
    const said = await run("printf 'GET /path HTTP/1.0\\r\\n\\r\\n' | nc localhost 8098 | tail -n 1");
    close();
    assert.equal(said, 'you asked for /path');
  });

  it('waits no longer than -w says for an address where nobody answers', async () => {
    const from = node.kernel.timeline.now();
    assert.equal(await run('nc -zv -w 2 198.51.100.7 80'), '[err] Ncat: Connection timed out.\n[exit 1]');
    assert.ok(node.kernel.timeline.now() - from < 100_000);
  });

  it('says what is wrong with the words it is given', async () => {
    assert.match(await run('nc -z 127.0.0.1 99999'), /Invalid port number "99999"\. QUITTING\.\n\[exit 2\]/);
    assert.match(await run('nc -z nosuch.example 80'), /Could not resolve hostname "nosuch\.example"/);
  });
});
