import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { context } from '../core/window';
import { NOTHING, SMALL, World } from './world';

describe('a cluster whose journal is', { timeout: 90_000 }, () => {
  const world = new World();
  after(() => world.dispose());

  const losses: readonly [string, (file: string) => void][] = [
    ['damaged', (file) => writeFileSync(file, '{"version":1,')],
    ['gone', (file) => rmSync(file)],
  ];
  for (const [word, lose] of losses) {
    it(`${word} can be destroyed by its tag: nothing stays behind, not even our key`, async () => {
      const first = await world.open();
      const { id } = await first.create(SMALL, context());
      world.computer.close(first);
      lose(path.join(world.computer.folder, 'clusters', `${id}.json`));

      const second = await world.open();
      await second.destroy(id, context());

      assert.deepEqual(await world.holdings(), NOTHING);
      assert.deepEqual(second.snapshots(), []);
      world.computer.close(second);
    });
  }
});
