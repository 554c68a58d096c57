import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Node } from '../shell/node';
import { bootedNode, transcript } from '../shell/node';

describe('ssh-keygen on a node', () => {
  let node: Node;
  before(async () => (node = await bootedNode()));
  after(() => node.kernel.dispose());

  const run = (script: string): Promise<string> => transcript(node, script, { user: 'core' });

  it('makes a pair that belongs to its user, and reads it back', async () => {
    for (const kind of ['rsa', 'ecdsa', 'ed25519']) {
      const file = `key_${kind}`;
      assert.equal(await run(`ssh-keygen -q -t ${kind} -N '' -C me@here -f ${file}`), '');
      assert.match(await run(`ls -l ${file} ${file}.pub`), /^-rw------- 1 core core .*\n-rw-r--r-- 1 core core .*\n$/);
      const [made, derived] = [await run(`cat ${file}.pub`), await run(`ssh-keygen -y -f ${file}`)];
      assert.equal(derived.split(' ')[1]?.trim(), made.split(' ')[1]?.trim());
      assert.match(
        await run(`ssh-keygen -l -f ${file}.pub`),
        new RegExp(`^\\d+ SHA256:[\\w+/]{43} me@here \\(${kind.toUpperCase()}\\)\\n$`),
      );
    }
    assert.match(await run('ssh-keygen -l -E md5 -f key_rsa.pub'), /^2048 MD5:[0-9a-f:]{47} me@here \(RSA\)\n$/);
  });

  it('makes missing host keys, as root only, and leaves those that are there', async () => {
    const before = await run('cat /etc/ssh/ssh_host_ecdsa_key.pub');
    assert.equal(
      await run(
        'sudo rm /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_ed25519_key.pub; sudo ssh-keygen -A; sudo ls /etc/ssh | grep -c host',
      ),
      '6\n',
    );
    assert.equal(await run('cat /etc/ssh/ssh_host_ecdsa_key.pub'), before);
    assert.match(await run("ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/mine"), /Permission denied/);
  });
});
