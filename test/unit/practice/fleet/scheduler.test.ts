import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planAgent } from '../../../../src/practice/fleet/agentPlan';
import type { MachineRecord, StoredUnit } from '../../../../src/practice/fleet/registry';
import { contradiction, requirementsOf } from '../../../../src/practice/fleet/requirements';
import { planSchedule } from '../../../../src/practice/fleet/scheduler';
import { hashOf, parseUnit } from '../../../../src/practice/fleet/unitFile';
import { nameProblem } from '../../../../src/practice/fleet/unitName';

const machine = (id: string, metadata: Record<string, string> = {}): MachineRecord => ({
  id,
  publicIp: `10.0.0.${id}`,
  metadata,
});

function unit(name: string, fleet: readonly string[] = [], more: Partial<StoredUnit> = {}): StoredUnit {
  const raw = `[Service]\nExecStart=/bin/true\n\n[X-Fleet]\n${fleet.join('\n')}\n`;
  const file = parseUnit(raw);
  return {
    ...{ name, raw, file, hash: hashOf(raw), requirements: requirementsOf(name, file) },
    ...{ targetState: 'launched', target: undefined, heartbeat: undefined, ...more },
  };
}

const placed = (units: readonly StoredUnit[], machines: readonly MachineRecord[]): Record<string, string> =>
  Object.fromEntries(
    planSchedule(units, machines)
      .filter((task) => task.kind === 'schedule')
      .map((task) => [task.unit, task.machineId]),
  );

describe("fleet's engine", () => {
  it('takes the machine with the fewest units, of equals the first by id', () => {
    const units = [unit('a.service', [], { target: '1' }), unit('b.service'), unit('c.service'), unit('d.service')];

    assert.deepEqual(placed(units, [machine('3'), machine('2'), machine('1')]), {
      'b.service': '2',
      'c.service': '3',
      'd.service': '1',
    });
  });

  it('counts global units as load, but gives them to nobody', () => {
    const units = [unit('g.service', ['Global=true', 'MachineMetadata=disk=ssd']), unit('a.service')];

    assert.deepEqual(placed(units, [machine('1', { disk: 'ssd' }), machine('2')]), { 'a.service': '2' });
  });

  it('wants all keys of the metadata, and of one key any value', () => {
    const wants = unit('a.service', ['MachineMetadata="disk=ssd" "zone=a"', 'MachineMetadata=zone=b']);
    const machines = [
      machine('1', { disk: 'ssd' }),
      machine('2', { disk: 'hdd', zone: 'a' }),
      machine('3', { disk: 'ssd', zone: 'b' }),
    ];

    assert.deepEqual(placed([wants], machines), { 'a.service': '3' });
  });

  it('puts a unit where the one it belongs to is, even when that is placed later', () => {
    const units = [unit('a.service', ['MachineOf=b.service']), unit('b.service', ['MachineID=2'])];

    assert.deepEqual(placed(units, [machine('1'), machine('2')]), { 'b.service': '2', 'a.service': '2' });
  });

  it('lets a conflict work both ways, and leaves a unit without a place when there is none', () => {
    const units = [
      unit('r@1.service', ['Conflicts=r@*.service'], { target: '1' }),
      unit('r@2.service', ['Conflicts=%p@*.service']),
      unit('x.service', ['Conflicts=r@2.service']),
    ];

    assert.deepEqual(placed(units, [machine('1'), machine('2')]), { 'r@2.service': '2', 'x.service': '1' });
    assert.deepEqual(placed(units, [machine('1')]), { 'x.service': '1' });
  });

  it('moves what a machine that went away had, and takes away what is no longer wanted', () => {
    const units = [
      unit('a.service', [], { target: 'gone' }),
      unit('b.service', [], { target: '1', targetState: 'inactive' }),
      unit('c.service', [], { target: '1', targetState: 'loaded' }),
    ];

    assert.deepEqual(
      planSchedule(units, [machine('1')]).map(({ kind, unit: name, reason }) => `${kind} ${name}: ${reason}`),
      [
        'unschedule a.service: target Machine(gone) went away',
        'unschedule b.service: target state inactive',
        'schedule a.service: target state launched and unit not scheduled',
      ],
    );
  });

  it('takes both of two that exclude each other from the machine they share, and what is inactive excludes nobody', () => {
    const both = ['a.service', 'b.service'].map((name) => unit(name, ['Conflicts=*.service'], { target: '1' }));
    const idle = unit('c.service', ['Conflicts=*.service'], { target: '1', targetState: 'inactive' });
    const single = unit('d.service', [], { target: '2' });

    assert.deepEqual(
      planSchedule([...both, idle, single], [machine('1'), machine('2')]).map(
        ({ kind, unit: name, reason }) => `${kind} ${name}: ${reason}`,
      ),
      [
        'unschedule a.service: target Machine(1) unable to run unit',
        'unschedule b.service: target Machine(1) unable to run unit',
        'unschedule c.service: target state inactive',
        'schedule a.service: target state launched and unit not scheduled',
      ],
    );
  });

  it('finds a machine by its whole name or by the first eight letters of it', () => {
    const machines = [machine('1'), machine('0123456789abcdef')];
    const units = ['0123456789abcdef', '01234567', '0123'].map((id, at) => unit(`${at}.service`, [`MachineID=${id}`]));

    assert.deepEqual(placed(units, machines), { '0.service': '0123456789abcdef', '1.service': '0123456789abcdef' });
  });

  it('takes for metadata only what is one pair, or pairs in quotation marks', () => {
    const machines = [machine('1', { a: 'b', c: 'd' })];
    const units = [
      unit('all.service', ['MachineMetadata="a=b" "c=d"']),
      unit('strange.service', ['MachineMetadata=a=b c=d']), // Two signs: passed over.
      unit('wrong.service', ['MachineMetadata="a=b" "c=x"']),
    ];

    assert.deepEqual(Object.keys(placed(units, machines)), ['all.service', 'strange.service']);
  });

  it('gives a unit of which nobody said what it should be to a machine', () => {
    assert.deepEqual(placed([unit('a.service', [], { targetState: '' })], [machine('1')]), { 'a.service': '1' });
  });
});

describe("fleet's agent", () => {
  const desired = (...units: StoredUnit[]): Map<string, StoredUnit> => new Map(units.map((one) => [one.name, one]));
  const kinds = (tasks: ReturnType<typeof planAgent>): string[] => tasks.map((task) => `${task.kind} ${task.unit}`);

  it('loads and starts what is new, stops and unloads what is not wanted', () => {
    const wanted = unit('a.service');
    const only = unit('b.service', [], { targetState: 'loaded' });
    const loaded = {
      'b.service': { hash: only.hash, state: 'launched' as const },
      'c.service': { hash: '', state: 'loaded' as const },
    };

    assert.deepEqual(kinds(planAgent(desired(wanted, only), loaded)), [
      ...['UnloadUnit c.service', 'LoadUnit a.service', 'StopUnit b.service', 'StartUnit a.service'],
    ]);
  });

  it('loads a unit again when its text is another, and never starts one again that it has started', () => {
    const wanted = unit('a.service');

    assert.deepEqual(kinds(planAgent(desired(wanted), { 'a.service': { hash: 'old', state: 'launched' } })), [
      ...['UnloadUnit a.service', 'LoadUnit a.service', 'StartUnit a.service'],
    ]);
    assert.deepEqual(planAgent(desired(wanted), { 'a.service': { hash: wanted.hash, state: 'launched' } }), []);
  });

  it('loads a unit of which nobody said what it should be, and leaves it as it is when it runs', () => {
    const unsaid = unit('a.service', [], { targetState: '' });

    assert.deepEqual(kinds(planAgent(desired(unsaid), {})), ['LoadUnit a.service']);
    assert.deepEqual(planAgent(desired(unsaid), { 'a.service': { hash: unsaid.hash, state: 'launched' } }), []);
  });
});

describe('what fleet refuses', () => {
  it('are names with a strange type, strange characters or none', () => {
    assert.equal(nameProblem('a.service'), undefined);
    assert.equal(nameProblem('a.bogus'), 'invalid unit type: "bogus"');
    assert.equal(nameProblem('a b.service'), "invalid character ' ' in unit name");
    assert.equal(nameProblem('a.swap'), undefined);
    assert.equal(nameProblem('a@.swap'), 'invalid unit type for template: "swap"');
    assert.equal(nameProblem('a'), 'unit name must contain "."');
    assert.equal(nameProblem('a.'), 'unit name cannot end in "."');
    assert.equal(nameProblem('@a.service'), 'unit name cannot start in "@"');
    assert.match(nameProblem('') ?? '', /empty/);
    assert.match(nameProblem(`${'a'.repeat(300)}.service`) ?? '', /maximum length/);
  });

  it('are requirements that contradict each other', () => {
    const problem = (...lines: string[]): string | undefined =>
      contradiction(requirementsOf('a.service', parseUnit(`[X-Fleet]\n${lines.join('\n')}\n`)));
    assert.equal(problem('Global=true', 'MachineMetadata=a=b', 'Conflicts=b.service'), undefined);
    assert.equal(problem('Global=true', 'MachineID=x'), 'MachineID cannot be used with Global');
    assert.equal(problem('Global=true', 'MachineOf=x.service'), 'Global cannot be used with Peers');
    assert.equal(problem('Global=true', 'Global=false', 'MachineID=x'), undefined);
  });
});
