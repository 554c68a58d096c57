import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { json, kinds, listing, lines, orLater, progress, streams, type Comparator } from '../../truth/compare';
import type { Cluster } from '../../truth/names';

const clusterOf = (letter: string, network: string, prefix: string): Cluster => ({
  machines: [1, 2].map((number) => `${letter}${number}`.repeat(16)),
  addresses: [1, 2].map((number) => `${network}.${number}`),
  hosts: [1, 2].map((number) => `${prefix}-${number}`),
  others: {},
});
const THEIRS = clusterOf('a', '10.77.0', 'deis');
const OURS = clusterOf('b', '10.128.0', 'pilot');

function compare(
  comparator: Comparator,
  recorded: string,
  ours: string,
  more: { stderr?: string; exit?: number } = {},
) {
  return comparator({
    recorded: { stdout: recorded, stderr: '', exit: 0 },
    ours: { stdout: ours, stderr: more.stderr ?? '', exit: more.exit ?? 0 },
    recordedCluster: THEIRS,
    ourCluster: OURS,
  });
}

const THEIR_LIST = 'UNIT\t\tMACHINE\t\t\tACTIVE\nweb.service\ta1a1a1a1.../10.77.0.1\tactive\n';
const OUR_LIST = 'UNIT\t\tMACHINE\t\t\tACTIVE\nweb.service\tb2b2b2b2.../10.128.0.2\tactive\n';

describe('what counts as the same answer', () => {
  it('is another machine for a unit, with its own address', () => {
    assert.equal(compare(listing(), THEIR_LIST, OUR_LIST), undefined);
  });

  it('is another time, process and host in a log line', () => {
    const line = (time: string, host: string, pid: number): string =>
      `Nov 23 ${time} ${host} systemd[${pid}]: Started web.service.\n`;
    assert.equal(compare(streams(), line('08:07:25', 'deis-2', 1), line('10:00:00', 'pilot-1', 17)), undefined);
  });

  it('is a JSON list in another order, with other counters', () => {
    const [theirs, ours] = [
      '{"nodes":[{"key":"a","createdIndex":1},{"key":"b"}]}',
      '{"nodes":[{"key":"b"},{"key":"a","createdIndex":7}]}',
    ];
    assert.equal(compare(json(), theirs, ours), undefined);
  });

  it('is progress that came in another order', () => {
    const [theirs, ours] = [
      'a.service: start\rb.service: up\r\na.service: up\r\nDone.\n',
      'b.service: up\r\na.service: up\r\nDone.\n',
    ];
    assert.equal(compare(streams({ stdout: progress }), theirs, ours), undefined);
  });

  it('is a later list where the recorded one lags behind', () => {
    const later = THEIR_LIST.replace('\tactive', '\tfailed');
    const ours = OUR_LIST.replace('\tactive', '\tfailed');
    assert.equal(compare(orLater(listing(), later), THEIR_LIST, ours), undefined);
    assert.match(compare(orLater(listing(), later), THEIR_LIST, ours.replace('failed', 'dead')) ?? '', /missing/);
  });
});

describe('what counts as another answer', () => {
  const differs = (name: string, comparator: Comparator, recorded: string, ours: string, wanted: RegExp): void => {
    it(name, () => {
      assert.match(compare(comparator, recorded, ours) ?? 'the same', wanted);
    });
  };
  differs(
    'is a column of another name',
    listing(),
    THEIR_LIST,
    OUR_LIST.replace('ACTIVE', 'STATE'),
    /^stdout columns:/,
  );
  differs('are columns in another order', listing(), 'UNIT\tHASH\n', 'HASH\tUNIT\n', /columns/);
  differs(
    'is another state of one unit',
    listing(),
    THEIR_LIST,
    OUR_LIST.replace('\tactive', '\tfailed'),
    /"web.*active" is missing/,
  );
  differs(
    'is a row too many',
    listing(),
    THEIR_LIST,
    `${OUR_LIST}x.service\tb1b1b1b1.../10.128.0.1\tactive\n`,
    /too many/,
  );
  differs(
    'is a row that is there twice',
    listing(),
    THEIR_LIST,
    `${OUR_LIST}${OUR_LIST.split('\n')[1] ?? ''}\n`,
    /too many/,
  );
  differs(
    'is a machine with the address of another one',
    listing(),
    THEIR_LIST,
    OUR_LIST.replace('.0.2', '.0.1'),
    /missing/,
  );
  differs('is a cell that is not padded', listing(), THEIR_LIST, OUR_LIST.replace('UNIT\t\t', 'UNIT\t'), /not aligned/);
  differs(
    'is a machine in place of another one where a row is about who is who',
    listing({ identity: true }),
    THEIR_LIST,
    OUR_LIST,
    /missing/,
  );
  differs('is an id that is not shortened', streams(), 'a1a1a1a1...\n', `${'b1'.repeat(16)}\n`, /line 1/);
  differs('is a time of another form', streams(), '2026-11-23T08:07:20+0000\n', '2026-11-23T08:07:20Z\n', /line 1/);
  differs('is one more blank', streams(), 'a b\n', 'a  b\n', /line 1/);
  differs('is a line feed too few', streams(), 'a\n', 'a', /line 2/);
  differs(
    'is a line of a log that the other has not',
    streams({ stdout: kinds }),
    'a\nb\n',
    'a\nc\n',
    /"b" is missing/,
  );
  differs('is a line that comes once too often', streams({ stdout: lines }), 'a\n', 'a\na\n', /too many/);
  differs(
    'is a unit that stays where it was',
    streams({ stdout: progress }),
    'a.service: up\r\n',
    'a.service: start\r\n',
    /last state/,
  );
  differs('is a key that is missing', json(), '{"a":1,"b":2}', '{"a":1}', /\.b is missing/);
  differs('is a key too many', json(), '{"a":1}', '{"a":1,"b":2}', /\.b is too many/);
  differs('is a number that is a text', json({ freeKeys: ['a'] }), '{"a":1}', '{"a":"1"}', /\.a/);
  differs('is another text', json(), '{"a":"x"}', '{"a":"y"}', /\.a is "y", not "x"/);
  differs(
    'is another text inside a text',
    json(),
    '{"value":"{\\"Version\\":1}"}',
    '{"value":"{\\"Version\\":2}"}',
    /Version/,
  );
  differs('is a list that is shorter', json(), '[1,2]', '[1]', /1 entries, not 2/);

  it('is another exit code or stream', () => {
    assert.match(compare(streams(), 'a\n', 'a\n', { exit: 1 }) ?? '', /^exit 1, not 0/);
    assert.match(compare(streams(), 'a\n', '', { stderr: 'a\n' }) ?? '', /^stdout line 1/);
    assert.match(compare(streams(), '', '', { stderr: 'a\n' }) ?? '', /^stderr line 1/);
  });

  it('is a length that is not that of the body', () => {
    const difference = json()({
      recorded: { stdout: '{}', stderr: 'Content-Length: 2\n', exit: 0 },
      ours: { stdout: '{}', stderr: 'Content-Length: 3\n', exit: 0 },
      recordedCluster: THEIRS,
      ourCluster: OURS,
    });
    assert.equal(difference, 'Content-Length is 3, the body has 2');
  });
});
