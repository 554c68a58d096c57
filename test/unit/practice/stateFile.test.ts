import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createRandom } from '../../../src/practice/random';
import { JsonStateFile } from '../../../src/practice/stateFile';

describe('the state file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'deis-state-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const section = (file: JsonStateFile, name = 'things') =>
    file.section<{ list: number[] }>(name, () => ({ list: [] }));

  it('has on disk, whole, whatever was changed before saved() was asked for', async () => {
    const file = new JsonStateFile(folder);
    for (let round = 1; round <= 20; round += 1) {
      section(file).list.push(round);
      file.changed();
      await file.saved();
      assert.equal(section(new JsonStateFile(folder)).list.length, round);
    }
    await file.dispose();
    assert.deepEqual(readdirSync(folder), ['state.json']);
  });

  it('writes once for many changes of one moment', async () => {
    const file = new JsonStateFile(folder);
    let writes = 0;
    file.beforeSave('count', () => (writes += 1));
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        section(file).list.push(index);
        file.changed('things');
        await file.saved();
      }),
    );
    assert.equal(writes, 1);
    await file.dispose();
  });

  it('forgets a section that was removed', async () => {
    const file = new JsonStateFile(folder);
    section(file, 'host/1').list.push(1);
    section(file, 'host/2').list.push(2);
    await file.saved();
    file.remove('host/1');
    await file.dispose();

    const again = new JsonStateFile(folder);
    assert.deepEqual(again.sectionNames(), ['host/2']);
  });

  it('keeps a damaged file aside, starts empty and says so', async () => {
    for (const text of ['{"format":1,"sections":{"a":', '[]', '{"format":99,"sections":{}}', '']) {
      writeFileSync(path.join(folder, 'state.json'), text);
      const file = new JsonStateFile(folder);

      assert.match(file.notice ?? '', /damaged/);
      assert.deepEqual(file.sectionNames(), []);
      await file.dispose();
    }
    const aside = readdirSync(folder).filter((name) => name.includes('.damaged-'));
    assert.ok(aside.length > 0);
    assert.ok(aside.some((name) => readFileSync(path.join(folder, name), 'utf8').startsWith('{"format"')));
  });

  it('gives two runs with one seed the same ids, and a restarted one never an old id', async () => {
    const first = new JsonStateFile(folder);
    const ids = Array.from({ length: 5 }, () => createRandom(first, 'seed').uuid());
    await first.dispose();
    const second = new JsonStateFile(folder);
    const restarted = createRandom(second, 'seed');
    const other = mkdtempSync(path.join(os.tmpdir(), 'deis-state-'));
    const twinFile = new JsonStateFile(other);
    const twin = createRandom(twinFile, 'seed');

    assert.deepEqual(
      ids,
      Array.from({ length: 5 }, () => twin.uuid()),
    );
    assert.equal(new Set(ids).size, 5);
    assert.ok(!ids.includes(restarted.uuid()));
    await Promise.all([second.dispose(), twinFile.dispose()]);
    rmSync(other, { recursive: true, force: true });
  });
});
