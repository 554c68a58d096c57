import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { platformUnits } from '../../../../src/core/guide/platformUnits';
import { groupUnits, SUBSYSTEMS, subsystemOf } from '../../../../src/ui/tree/subsystems';
import type { Instance } from '../../../../src/ui/tree/unitHealth';

const running = (name: string, node: string, isGlobal = false): Instance => ({
  name,
  machineId: `machine of ${node}`,
  node,
  load: 'loaded',
  active: 'active',
  sub: 'running',
  hash: '',
  isGlobal,
  isStale: false,
});
const nodes = ['deis-1', 'deis-2', 'deis-3'].map((name) => ({ name, machineId: `machine of ${name}` }));

describe('The subsystems of the platform', () => {
  it('hold every unit that deisctl installs', () => {
    const homeless = platformUnits(5).filter(({ name }) => subsystemOf(name) === undefined);

    assert.deepEqual(homeless, []);
  });

  it('are five, in the order of deisctl', () => {
    assert.deepEqual(
      SUBSYSTEMS.map(({ title }) => title),
      ['Storage', 'Logging', 'Control plane', 'Data plane', 'Router mesh'],
    );
    assert.equal(subsystemOf('deis-router@3.service')?.title, 'Router mesh');
    assert.equal(subsystemOf('deis-store-gateway@1.service')?.title, 'Storage');
    assert.equal(subsystemOf('swapon.service'), undefined);
  });
});

describe('Units in groups', () => {
  it('miss a global unit on each node that has no row of it', () => {
    const units = [running('swapon.service', 'deis-1', true), running('swapon.service', 'deis-3', true)];

    const [swap] = groupUnits({ units, missingUnits: [], nodes }, () => true);

    assert.deepEqual(swap?.healths, ['running', 'running', 'missing']);
  });

  it('show a unit that fleet has on no machine at all', () => {
    const [builder] = groupUnits({ units: [], missingUnits: ['deis-builder.service'], nodes }, () => true);

    assert.equal(builder?.name, 'deis-builder.service');
    assert.deepEqual(builder.healths, ['missing']);
  });

  it('are sorted as the platform starts, and numbers as numbers', () => {
    const units = ['deis-router@10.service', 'deis-router@2.service'].map((name) => running(name, 'deis-1'));
    const storage = ['deis-store-volume.service', 'deis-store-monitor.service'].map((name) => running(name, 'deis-1'));
    const names = (list: Instance[]): string[] =>
      groupUnits({ units: list, missingUnits: [], nodes }, () => true).map(({ name }) => name);

    assert.deepEqual(names(units), ['deis-router@2.service', 'deis-router@10.service']);
    assert.deepEqual(names(storage), ['deis-store-monitor.service', 'deis-store-volume.service']);
  });
});
