import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_APPLICABLE } from '../../truth/notApplicable';
import { idOf, parseRows, readRows } from '../../truth/readme';
import { checkNotApplicable, judge, lastLine, type Run } from '../../truth/report';

const README = `## tool/

| file | command | where | exit | ms | cluster | note |
|---|---|---|---|---|---|---|
| a.txt (+stderr) | \`a \\| b\` | deis-1 tty | - | 5 | 5 up | STILL RUNNING |
| b.txt | \`b\` | client | 2 | 5 | 5 up |  |
| unit.service | the unit file used | | | | | |
`;

const runOf = (name: string, differences: Readonly<Record<string, string | undefined>>): Run => ({
  name,
  differences: new Map(Object.entries(differences).map(([id, difference]) => [id, { difference, ours: undefined }])),
  failures: new Map(),
});

describe('the recorded rows', () => {
  it('are the lines of the tables that have a command', () => {
    const [first, second, ...rest] = parseRows(README);
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [first?.file, first?.command, first?.where, first?.hasTerminal, first?.exit],
      ['a.txt', 'a | b', 'deis-1', true, 'running'],
    );
    assert.deepEqual([second?.where, second?.exit], ['client', 2]);
  });

  it('are all there', () => {
    const rows = readRows();
    assert.ok(rows.length > 430, String(rows.length));
    assert.equal(new Set(rows.map(idOf)).size, rows.length);
  });
});

describe('the verdict on a row', () => {
  const rows = parseRows(README);
  const verdicts = (...runs: Run[]): string[] => judge(rows, runs, {}).map(({ verdict }) => verdict);

  it('is "same" only when every run says so', () => {
    const same = runOf('one', { 'tool/a.txt': undefined, 'tool/b.txt': undefined });
    const other = runOf('two', { 'tool/a.txt': undefined, 'tool/b.txt': 'a column' });
    assert.deepEqual(verdicts(same, same), ['same', 'same']);
    assert.deepEqual(verdicts(same, other), ['same', 'differs']);
  });

  it('is "differs" for a row that nobody ran', () => {
    assert.deepEqual(verdicts(runOf('one', { 'tool/a.txt': undefined })), ['same', 'differs']);
  });

  it('leaves what is not applicable out of the share', () => {
    const judged = judge(rows, [runOf('one', { 'tool/a.txt': undefined })], { 'tool/b.txt': 'a stub' });
    assert.equal(lastLine(judged), 'truth: 1 of 1 rows same (100.0 %), 1 not applicable');
  });
});

describe('the list of what is not applicable', () => {
  it('names rows that are there, each with a reason, and not more than a tenth', () => {
    assert.deepEqual(checkNotApplicable(readRows(), NOT_APPLICABLE), []);
    for (const [id, reason] of Object.entries(NOT_APPLICABLE)) assert.ok(reason.length > 10, id);
  });

  it('is refused when it names a row that is not there, or too many', () => {
    const rows = parseRows(README);
    assert.match(checkNotApplicable(rows, { 'tool/c.txt': 'gone' })[0] ?? '', /which is no row/);
    assert.match(checkNotApplicable(rows, { 'tool/a.txt': 'a stub' })[0] ?? '', /more than a tenth/);
  });
});
