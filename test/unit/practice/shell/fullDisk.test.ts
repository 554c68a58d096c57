import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootedNode, transcript } from './node';

describe('tee on a full disk', () => {
  it('names the file that could not be written, and still passes its input on', async () => {
    const node = await bootedNode();
    try {
      const { resources } = node.host;
      const freeMb = Math.floor(resources.diskTotalMb - resources.diskUsedMb);
      for (let mb = freeMb * 1024; mb >= 1; mb = Math.floor(mb / 2)) {
        while (resources.allocate(`/home/core/fill-${mb}-${resources.diskUsedMb}`, mb * 1024)) continue;
      }
      const said = await transcript(node, 'head -c 8000 /dev/zero | tr "\\0" x | tee note | wc -c', { user: 'core' });

      assert.deepEqual(said.split('\n').sort(), ['', '8000', '[err] tee: note: No space left on device']);
    } finally {
      node.kernel.dispose();
    }
  });
});
