import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Node } from '../shell/node';
import { bootedNode, transcript } from '../shell/node';

describe('the partitions of a node', () => {
  let node: Node;
  before(async () => (node = await bootedNode()));
  after(() => node.kernel.dispose());

  it('have labels that blkid tells root, the same each time', async () => {
    const first = await transcript(node, 'blkid /dev/vda9', { user: 'root' });

    assert.match(
      first,
      /^\/dev\/vda9: LABEL="ROOT" UUID="[-\da-f]{36}" TYPE="ext4" PARTLABEL="ROOT" PARTUUID="[-\da-f]{36}"\n$/,
    );
    assert.equal(await transcript(node, 'blkid /dev/vda9', { user: 'root' }), first);
    assert.equal(await transcript(node, 'blkid', { user: 'core' }), '[exit 2]');
  });

  it('lie one after the other in fdisk’s list, the root partition as large as the disk allows', async () => {
    const text = await transcript(node, 'fdisk -l', { user: 'root' });
    const rows = [...text.matchAll(/^\/dev\/vda\d +(\d+) +(\d+) +(\d+) /gm)].map((row) => row.slice(1).map(Number));

    assert.equal(rows.length, 7);
    rows.forEach(([start = 0], index) => index > 0 && assert.equal(start, (rows[index - 1]?.[1] ?? 0) + 1));
    assert.equal(rows.at(-1)?.[2], Math.round(node.host.resources.diskTotalMb) * 2048);
    assert.match(await transcript(node, 'fdisk -l', { user: 'core' }), /cannot open \/dev\/vda: Permission denied/);
  });
});
