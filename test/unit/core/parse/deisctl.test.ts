import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDeisctlReader, parseDeisctl, type DeisctlEvent } from '../../../../src/core/parse/deisctl';
import { parseDeisctlList, parseMachineCell, parseMachineTable, parseTable } from '../../../../src/core/parse/table';
import { parseJournal } from '../../../../src/core/parse/lines';
import { ClusterError } from '../../../../src/core/errors';
import { trace } from './traces';

const ofKind = <K extends DeisctlEvent['kind']>(
  events: DeisctlEvent[],
  kind: K,
): Extract<DeisctlEvent, { kind: K }>[] =>
  events.filter((event): event is Extract<DeisctlEvent, { kind: K }> => event.kind === kind);

describe("deisctl's progress", () => {
  it('gives each step of a unit, though deisctl overwrites the line', () => {
    assert.deepEqual(parseDeisctl(trace('deisctl/start-one.txt')), [
      { kind: 'unit', unit: 'deis-builder.service', state: 'activating/start-pre' },
      { kind: 'unit', unit: 'deis-builder.service', state: 'active/running' },
    ]);
  });

  it('follows the start of the whole platform: five sections, fifteen units that run, done', () => {
    const events = parseDeisctl(trace('deisctl/start-platform.txt'));
    const running = ofKind(events, 'unit').filter(({ state }) => state === 'active/running');

    assert.deepEqual(
      ofKind(events, 'section').map(({ title }) => title),
      ['Storage subsystem', 'Logging subsystem', 'Control plane', 'Data plane', 'Router mesh'],
    );
    assert.equal(new Set(running.map(({ unit }) => unit)).size, 15);
    assert.equal(ofKind(events, 'done').length, 1);
    assert.deepEqual(ofKind(events, 'message')[0], { kind: 'message', text: 'Starting Deis...' });
  });

  it('tells the units of an install', () => {
    const units = ofKind(parseDeisctl(trace('deisctl/install-again.txt')), 'unit');
    assert.equal(units.length, 15);
    assert.ok(units.every(({ state }) => state === 'loaded'));
  });

  it('tells what went wrong, since the exit code does not', () => {
    assert.equal(ofKind(parseDeisctl(trace('deisctl/start-not-installed.stderr.txt')), 'problem').length > 5, true);
    for (const file of ['config-get-missing.txt', 'scale-bad.txt', 'ssh-cmd-noagent.txt']) {
      assert.equal(parseDeisctl(trace(`deisctl/${file}`))[0]?.kind, 'problem', file);
    }
    assert.deepEqual(ofKind(parseDeisctl(trace('no-quorum/deisctl-start.stderr.txt')), 'problem').length > 0, true);
  });

  it('tells of a unit that failed, in whatever colour (Deis, deisctl/backend/fleet/start.go)', () => {
    const [event] = parseDeisctl("\u001b[0;31mThe service 'deis-builder' failed while starting.\u001b[0m\n");

    assert.deepEqual(event, { kind: 'problem', text: "The service 'deis-builder' failed while starting." });
  });

  it('finds the same in whatever pieces the output arrives', () => {
    const text = trace('deisctl/start-platform.txt');
    const whole = parseDeisctl(text);
    for (const size of [1, 7, 64, 1000]) {
      const reader = createDeisctlReader();
      const events: DeisctlEvent[] = [];
      for (let at = 0; at < text.length; at += size) {
        events.push(...reader.push(text.slice(at, at + size)));
      }
      assert.deepEqual([...events, ...reader.end()], whole, `pieces of ${size}`);
    }
  });

  it('reports a unit that goes round in circles without waiting for a line feed', () => {
    const reader = createDeisctlReader();
    assert.deepEqual(reader.push(trace('deisctl/start-failing.txt')), [
      { kind: 'unit', unit: 'deis-logger.service', state: 'activating/auto-restart' },
    ]);
  });
});

describe('tables', () => {
  it('reads `deisctl list` in every width, with and without a terminal', () => {
    assert.equal(parseDeisctlList(trace('deisctl/list-started.txt')).length, 39);
    assert.deepEqual(parseDeisctlList(trace('deisctl/list-empty.txt')), []);
    assert.equal(parseDeisctlList(trace('deisctl/tty-list.txt')).length, 2);
    assert.equal(parseDeisctlList(trace('deisctl/list-after-scale-6.txt')).length, 5);
    assert.deepEqual(parseDeisctlList(trace('deisctl/list-installed.txt'))[0], {
      unit: 'deis-builder.service',
      machine: { idStart: 'b205d6d6', ip: '10.77.0.13' },
      load: 'loaded',
      active: 'inactive',
      sub: 'dead',
    });
  });

  it('reads fleetctl tables with chosen columns and without a header', () => {
    const columns = ['unit', 'machine', 'active', 'sub', 'hash', 'load'] as const;
    const rows = parseTable(trace('fleetctl/list-units-swapon-fields.txt'), columns, false);

    assert.equal(rows.length, 5);
    assert.equal(rows[0]?.sub, 'exited');
    assert.equal(parseMachineCell(rows[0].machine)?.idStart.length, 32);
    assert.equal(parseMachineTable(trace('fleetctl/list-machines.txt')).length, 5);
  });

  it('reads every list that was recorded while nodes died and came back', () => {
    let count = 0;
    for (const file of ['kill-1', 'kill-2', 'kill-3-quorum-lost', 'recovery-boot-all']) {
      for (const line of trace(`power-off/timeline-${file}.jsonl`).trim().split('\n')) {
        const { probe, exit, stdout } = JSON.parse(line) as { probe: string; exit: number; stdout?: string };
        if (probe === 'list-units' && exit === 0 && stdout !== undefined) {
          const rows = parseTable(stdout, ['unit', 'machine', 'load', 'active', 'sub'], false);
          assert.ok(rows.every(({ machine }) => parseMachineCell(machine) !== undefined));
          count += rows.length;
        }
      }
    }
    assert.ok(count > 300, `only ${count} rows`);
  });

  it('knows a machine that has left, and what is no machine', () => {
    assert.deepEqual(parseMachineCell('71395c3c...'), { idStart: '71395c3c' });
    assert.equal(parseMachineCell('-'), undefined);
    assert.equal(parseMachineCell('global'), undefined);
  });

  it('refuses a table without the column', () => {
    assert.throws(
      () => parseDeisctlList(trace('fleetctl/list-machines.txt')),
      (error) => ClusterError.is(error, 'badReply'),
    );
  });
});

describe('a journal', () => {
  it('has the messages, without the remarks of journalctl', () => {
    const text = '-- No entries --\nstarting\n\u001b[0;33mdeis-router@1.service:\u001b[0m loaded   \r\n-- Reboot --\n';
    assert.deepEqual(parseJournal(text), ['starting', 'deis-router@1.service: loaded']);
    assert.ok(parseJournal(trace('fleet-api/poison-8-journal.txt')).length >= 6);
  });
});
