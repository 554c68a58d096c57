import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dockerPrograms } from '../../../../src/practice/docker/programs';
import { bootedNode, started, transcript } from '../shell/node';
import type { Node } from '../shell/node';

async function withDocker(use: (say: (script: string) => Promise<string>, node: Node) => Promise<void>): Promise<void> {
  const node = await bootedNode({ programs: dockerPrograms });
  const say = (script: string): Promise<string> => transcript(node, script, { user: 'core' });
  try {
    await say('for image in busybox alpine ubuntu; do docker pull $image; done');
    await use(say, node);
  } finally {
    node.host.cutPower();
    node.kernel.dispose();
  }
}

describe('a container of a common image', () => {
  it('runs its command with the client’s own streams, and ends with it', async () => {
    await withDocker(async (say) => {
      assert.equal(
        await say('docker run --rm busybox sh -c "echo out; echo err >&2; exit 7"'),
        'out\n[err] err\n[exit 7]',
      );
      assert.equal(await say('echo "echo \\$((6 * 7))" | docker run -i --rm ubuntu bash'), '42\n');
      assert.equal(await say('echo unread | docker run --rm busybox cat; docker ps -aq'), '');
    });
  });

  it('has files, a name, processes and an environment of its own', async () => {
    await withDocker(async (say) => {
      const inside = await say(
        'docker run --rm -e A=b -h box -w /tmp alpine sh -c "echo $(hostname) \\$A \\$(pwd); hostname; ls /home; ps | tail -1"',
      );
      assert.equal(
        inside,
        'deis-1 b /tmp\nbox\n    1 root       0:00 sh -c echo deis-1 $A $(pwd); hostname; ls /home; ps | tail -1\n',
      );
      assert.equal(
        await say('docker run --rm ubuntu systemctl'),
        "[err] docker: Error response from daemon: Container command 'systemctl' not found or does not exist..\n[exit 127]",
      );
    });
  });

  it('shares with the node what is mounted into it', async () => {
    await withDocker(async (say) => {
      await say(
        'mkdir data; echo theirs > data/a; docker run --rm -v /home/core/data:/d busybox sh -c "cat /d/a > /d/b; rm /d/a"',
      );

      assert.equal(await say('ls data; cat data/b'), 'b\ntheirs\n');
    });
  });

  it('runs on when it is detached: exec goes into it, its log can be followed, stop ends it', async () => {
    await withDocker(async (say, node) => {
      await say(
        'docker run -d --name one busybox sh -c "echo begun; sleep 1000"; docker exec one sh -c "echo kept > /tmp/k"',
      );
      assert.equal(await say('docker exec one cat /tmp/k; docker exec one nosuch 2>/dev/null; echo $?'), 'kept\n126\n');
      const following = started(node, 'docker logs -f one');
      await following.until('begun\n');
      await say('docker stop one');

      assert.equal(await following.ended, 0);
      assert.equal(await say('docker inspect --format "{{.State.ExitCode}}" one; docker rm one'), '137\none\n');
    });
  });

  it('needs a terminal for -it', async () => {
    await withDocker(async (say) => {
      assert.equal(await say('docker run -it --rm busybox'), '[err] cannot enable tty mode on non tty input\n[exit 1]');
    });
  });
});
