import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterError } from '../../../../src/core/errors';
import { parseDf } from '../../../../src/core/parse/df';
import { parseLoadAverage, parseMeminfo, parseSwaps } from '../../../../src/core/parse/proc';
import { trace } from './traces';

const isBadReply = (error: unknown): boolean => ClusterError.is(error, 'badReply');

describe('memory, swap and disk of a node', () => {
  it('reads /proc/meminfo with and without swap', () => {
    assert.deepEqual(parseMeminfo(trace('system/meminfo.txt')), {
      totalMb: 24105,
      availableMb: 23139,
      swapTotalMb: 0,
      swapUsedMb: 0,
    });
    const withSwap = parseMeminfo(trace('system/meminfo-swap.txt'));
    assert.equal(withSwap.swapTotalMb, 63);
    assert.equal(withSwap.swapUsedMb, 0);
  });

  it('estimates what is available on a kernel that does not say it', () => {
    const text = 'MemTotal: 524288 kB\nMemFree: 1024 kB\nBuffers: 1024 kB\nCached: 2048 kB\n';
    assert.equal(parseMeminfo(text).availableMb, 4);
  });

  it('reads swap areas, and none from the header alone', () => {
    assert.deepEqual(parseSwaps(trace('system/swaps-none.txt')), []);
    assert.deepEqual(parseSwaps(trace('system/swaps-one.txt')), [
      { path: '/swapfile', type: 'file', sizeKb: 65532, usedKb: 4 },
    ]);
  });

  it('reads df whatever the size of its blocks, and mount points with blanks', () => {
    const recorded = parseDf(trace('system/df-P.txt'));
    assert.deepEqual(recorded[0], { device: 'overlay', mountedOn: '/', totalMb: 258019, freeMb: 74911 });
    assert.equal(recorded.length, 9);
    assert.equal(parseDf(trace('system/df-output.txt'))[0]?.mountedOn, '/');
    assert.equal(parseDf(trace('system/df-root.txt'))[0]?.totalMb, 258019);

    const posix = `Filesystem     1024-blocks    Used Available Capacity Mounted on
/dev/vda9         17436224 5242880  11291648      32% /
/dev/my disk          1024     512       512      50% /mnt/a b
`;
    assert.deepEqual(parseDf(posix), [
      { device: '/dev/vda9', mountedOn: '/', totalMb: 17027, freeMb: 11027 },
      { device: '/dev/my disk', mountedOn: '/mnt/a b', totalMb: 1, freeMb: 0 },
    ]);
  });

  it('reads the load', () => {
    assert.deepEqual(parseLoadAverage(trace('system/loadavg.txt')), [1.19, 1.87, 1.47]);
  });

  it('refuses what is none of these', () => {
    for (const parse of [parseMeminfo, parseSwaps, parseDf, parseLoadAverage]) {
      assert.throws(() => parse('cat: /proc/nosuch: No such file or directory\n'), isBadReply);
      assert.throws(() => parse(''), isBadReply);
    }
    assert.throws(() => parseDf(trace('system/df-missing.txt')), isBadReply);
  });
});
