import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { json, streams, type Comparator } from '../../truth/compare';
import { LENIENT } from '../../truth/lenient';
import { PLANTS, unseen } from '../../truth/plants';
import { idOf, readRows, type Said } from '../../truth/readme';

const CLUSTER = { machines: [], addresses: [], hosts: [], others: {} };
const seenBy =
  (comparator: Comparator, recorded: Said) =>
  (ours: Said): boolean =>
    comparator({ recorded, ours, recordedCluster: CLUSTER, ourCluster: CLUSTER }) === undefined;

const TEXT: Said = { stdout: 'UNIT\tSTATE\nweb.service\trunning\n', stderr: 'a warning\n', exit: 0 };
const JSON_ANSWER: Said = { stdout: '{"nodes":[{"key":"/a","ttl":5}]}\n', stderr: 'HTTP/1.1 200 OK\n', exit: 0 };

describe('a comparison that is tried with wrong answers', () => {
  it('sees every one of them where it compares character by character, or value by value', () => {
    assert.deepEqual(unseen(TEXT, seenBy(streams(), TEXT)), []);
    assert.deepEqual(unseen(JSON_ANSWER, seenBy(json(), JSON_ANSWER)), []);
  });

  it('has each kind of wrong answer to be tried with', () => {
    const tried = [TEXT, JSON_ANSWER].flatMap((said) => unseen(said, () => true));
    assert.deepEqual([...new Set(tried)].sort(), Object.keys(PLANTS).sort());
  });

  it('is told what it does not see', () => {
    assert.deepEqual(unseen(TEXT, seenBy(streams({ stderr: () => undefined }), TEXT)), ['another word on stderr']);
    const free = seenBy(json({ freeKeys: ['ttl'], chance: [[/OK/g, '‹word›']] }), JSON_ANSWER);
    assert.deepEqual(unseen(JSON_ANSWER, free), []);
  });
});

describe('the list of what a comparison may let pass', () => {
  it('names rows that are there, each with a reason', () => {
    const rows = new Set(readRows().map(idOf));
    assert.deepEqual(
      Object.keys(LENIENT).filter((id) => !rows.has(id)),
      [],
    );
    for (const [id, { why }] of Object.entries(LENIENT)) assert.ok(why.length > 10 || why === 'the key itself', id);
  });
});
