import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ClusterError } from '../../../../src/core/errors';
import { newJournal, type Journal } from '../../../../src/core/plan/journal';
import { JournalFile, JournalFolder } from '../../../../src/core/plan/journalFile';
import { SPEC } from '../../../samples';

describe('the journal of a cluster', () => {
  let storage: string;
  let folder: JournalFolder;
  let journal: Journal;
  beforeEach(async () => {
    storage = await mkdtemp(path.join(os.tmpdir(), 'deis-journal-'));
    folder = new JournalFolder(storage);
    await folder.make();
    journal = newJournal('deis-abcde', SPEC, { accountUuid: 'a', createdAt: 1 });
  });
  afterEach(() => rm(storage, { recursive: true, force: true }));

  it('is read back as it was written', async () => {
    const file = new JournalFile(folder.fileOf(journal.id), journal);

    await file.change((data) => {
      data.sshKey = { id: 7, fingerprint: 'aa:bb', isOurs: true };
    });

    assert.deepEqual(await folder.read('deis-abcde'), file.data);
    assert.deepEqual(await folder.ids(), ['deis-abcde']);
  });

  it('has every change on disk in the order in which they were made, and leaves no other file behind', async () => {
    const file = new JournalFile(folder.fileOf(journal.id), journal);

    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        file.change((data) => {
          data.nodes = data.nodes.map((node) => ({ ...node, dropletId: i }));
        }),
      ),
    );

    assert.equal((await folder.read(journal.id)).nodes[0]?.dropletId, 19);
    assert.deepEqual(await readdir(folder.folder), ['deis-abcde.json']);
  });

  it('keeps the old text whole when a write fails', async () => {
    const file = new JournalFile(folder.fileOf(journal.id), journal);
    await file.change(() => undefined);
    const before = await readFile(file.file, 'utf8');
    const lost = new JournalFile(path.join(folder.folder, 'missing', 'x.json'), journal);

    await assert.rejects(lost.change(() => undefined));

    assert.equal(await readFile(file.file, 'utf8'), before);
  });

  for (const [what, text] of [
    ['is no JSON', '{"version":1'],
    ['is empty', ''],
    ['is of a version that is not known', '{"version":2}'],
    ['has lost a field', JSON.stringify({ version: 1, id: 'deis-abcde' })],
  ] as const) {
    it(`is reported with its path and a way out when it ${what}`, async () => {
      await writeFile(folder.fileOf('deis-abcde'), text);

      await assert.rejects(folder.read('deis-abcde'), (error: unknown) => {
        assert.ok(ClusterError.is(error, 'journalDamaged'));
        assert.ok(error.message.includes(folder.fileOf('deis-abcde')));
        assert.match(error.message, /Destroy Cluster.*deis-cluster:deis-abcde/);
        return true;
      });
    });
  }

  it('is not taken for that of another cluster', async () => {
    await writeFile(folder.fileOf('deis-other'), JSON.stringify(journal));

    await assert.rejects(folder.read('deis-other'), /it is the journal of deis-abcde/);
  });
});
