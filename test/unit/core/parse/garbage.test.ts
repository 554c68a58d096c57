import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ClusterError } from '../../../../src/core/errors';
import { createDeisctlReader, parseDeisctl } from '../../../../src/core/parse/deisctl';
import { parseDf } from '../../../../src/core/parse/df';
import { parseEtcdError, parseHealth, parseKeyValue, parseMembers, parseSelf } from '../../../../src/core/parse/etcd';
import {
  parseFleetError,
  parseInstances,
  parseMachines,
  parseUnit,
  parseUnits,
} from '../../../../src/core/parse/fleet';
import { parseJournal } from '../../../../src/core/parse/lines';
import { parseLoadAverage, parseMeminfo, parseSwaps } from '../../../../src/core/parse/proc';
import { parseDeisctlList, parseMachineCell, parseMachineTable } from '../../../../src/core/parse/table';
import { trace } from './traces';

/** Each parser, and a recorded text that it understands, to be mutilated. */
const PARSERS: Record<string, [(text: string) => unknown, string]> = {
  parseMachines: [parseMachines, 'fleet-api/machines-5up.json'],
  parseUnits: [parseUnits, 'fleet-api/units-mixed.json'],
  parseUnit: [parseUnit, 'fleet-api/unit-one.json'],
  parseInstances: [parseInstances, 'fleet-api/state-mixed.json'],
  parseFleetError: [parseFleetError, 'fleet-api/unit-unknown.json'],
  parseMembers: [parseMembers, 'etcd/members-5up.json'],
  parseHealth: [parseHealth, 'etcd/health-5up.json'],
  parseSelf: [parseSelf, 'etcd/stats-self-leader.json'],
  parseKeyValue: [parseKeyValue, 'etcd/keys-get.json'],
  parseEtcdError: [parseEtcdError, 'etcd/keys-get-missing.json'],
  parseMeminfo: [parseMeminfo, 'system/meminfo.txt'],
  parseSwaps: [parseSwaps, 'system/swaps-one.txt'],
  parseLoadAverage: [parseLoadAverage, 'system/loadavg.txt'],
  parseDf: [parseDf, 'system/df-P.txt'],
  parseDeisctl: [parseDeisctl, 'deisctl/start-one.txt'],
  parseDeisctlList: [parseDeisctlList, 'deisctl/list-installed.txt'],
  parseMachineTable: [parseMachineTable, 'fleetctl/list-machines.txt'],
  parseMachineCell: [parseMachineCell, 'fleetctl/list-machines.txt'],
  parseJournal: [parseJournal, 'fleetctl/journalctl-swapfail.txt'],
};

/** Any text, any JSON, and recorded output cut off, spliced or with a part replaced. */
const garbageFor = (sample: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.json(),
    fc
      .tuple(
        fc.nat(sample.length),
        fc.nat(sample.length),
        fc.oneof(fc.string({ maxLength: 20 }), fc.json({ maxDepth: 1 })),
      )
      .map(([from, to, text]) => sample.slice(0, from) + text + sample.slice(to)),
  );

describe('garbage', () => {
  for (const [name, [parse, file]] of Object.entries(PARSERS)) {
    it(`makes ${name} throw badReply or nothing`, () => {
      const sample = trace(file);
      fc.assert(
        fc.property(garbageFor(sample), (text) => {
          try {
            parse(text);
          } catch (error) {
            assert.ok(ClusterError.is(error, 'badReply'), String(error));
          }
        }),
        { seed: 2016, numRuns: 300 },
      );
    });
  }

  it('does not upset the reader of pieces, and loses no line in it', () => {
    const pieces = fc.array(
      fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('\r', '\n', '\u001b[0m', 'a.service: b\r')),
    );
    fc.assert(
      fc.property(pieces, (chunks) => {
        const reader = createDeisctlReader();
        const events = [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
        assert.deepEqual(events, parseDeisctl(chunks.join('')));
      }),
      { seed: 2016, numRuns: 300 },
    );
  });

  it('of nested brackets does not overflow the stack', () => {
    for (const [parse] of Object.values(PARSERS)) {
      try {
        parse('['.repeat(200_000));
      } catch (error) {
        assert.ok(ClusterError.is(error, 'badReply'));
      }
    }
  });
});
