import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { describeCluster } from '../../../../src/core/watch/describe';
import type { Observation } from '../../../../src/core/watch/observation';
import { quorumSize } from '../../../../src/core/model/quorum';
import { FakeWorld, machineId } from './fakeWorld';

const number = fc.integer({ min: 0, max: 6 });

const droplets = fc.uniqueArray(
  fc.record(
    {
      id: number,
      name: number.map((i) => `deis-${i}`),
      status: fc.constantFrom('new' as const, 'active' as const, 'off' as const, 'archive' as const, 'gone' as const),
      hasTag: fc.boolean(),
      createdOn: number,
      listedOn: number,
      activeOn: number,
      priceHourly: number,
      priceMonthly: number,
      publicAddress: fc.constant('203.0.113.1'),
      privateAddress: number.map((i) => `10.0.0.${i}`),
    },
    { requiredKeys: ['id', 'name', 'status', 'hasTag', 'createdOn', 'listedOn', 'priceHourly', 'priceMonthly'] },
  ),
  { selector: ({ id }) => id, maxLength: 7 },
);
const node = fc.record(
  {
    isAnswering: fc.boolean(),
    seenAt: number,
    seenOn: number,
    failure: fc.constant('It is silent.'),
    machineId: number.map(machineId),
    etcd: fc.record({ isUp: fc.boolean(), isLeader: fc.boolean(), unhealthyLooks: number }),
  },
  { requiredKeys: ['isAnswering'] },
);
const members = fc.array(
  number.map((i) => ({ id: String(i), name: machineId(i), peerUrls: [`http://10.0.0.${i}:2380`], clientUrls: [] })),
  { maxLength: 7 },
);
const fleet = fc.record({
  machines: fc.array(number.map((i) => ({ id: machineId(i), primaryIp: `10.0.0.${i}`, metadata: {} }))),
  units: fc.array(
    fc.record({
      name: number.map((i) => `u${i}.service`),
      desiredState: fc.constantFrom('inactive' as const, 'loaded' as const, 'launched' as const),
      isGlobal: fc.boolean(),
      requires: fc.constant({}),
      hasConflicts: fc.boolean(),
    }),
  ),
  instances: fc.array(
    fc.record({
      name: number.map((i) => `u${i}.service`),
      machineId: number.map(machineId),
      load: fc.constant('loaded'),
      active: fc.constantFrom('active', 'failed', 'activating', 'inactive'),
      sub: fc.constantFrom('running', 'auto-restart', 'dead'),
      hash: fc.constant(''),
    }),
  ),
  seenAt: number,
  missedLooks: number,
});
const observations: fc.Arbitrary<Observation> = fc.record(
  {
    droplets,
    cloudSeenAt: number,
    cloudProblem: fc.constant('No token.'),
    nodes: fc.dictionary(number.map(String), node),
    members,
    fleet: fleet,
    isRemembered: fc.boolean(),
  },
  { requiredKeys: ['droplets', 'nodes', 'members', 'isRemembered'] },
);

describe('the picture of a cluster, whatever was seen', () => {
  const world = new FakeWorld();
  const cluster = world.cluster();

  it('is plain JSON', () => {
    fc.assert(
      fc.property(observations, fc.integer({ min: 0, max: 1e7 }), (seen, now) => {
        const snapshot = describeCluster(cluster, seen, now);
        assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot);
      }),
      { seed: 2016, numRuns: 500 },
    );
  });

  it('is never called healthy while a node, a member or a unit is not', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        const snapshot = describeCluster(cluster, seen, 10);
        const isWhole =
          !seen.isRemembered &&
          snapshot.nodes.every(({ state, etcd }) => state === 'ready' && etcd !== 'down' && etcd !== 'unknown') &&
          snapshot.units.every(({ isStale }) => !isStale) &&
          snapshot.missingUnits.length === 0;
        assert.ok(snapshot.state !== 'healthy' || isWhole, JSON.stringify(snapshot));
      }),
      { seed: 2016, numRuns: 1000 },
    );
  });

  it('has no fresh row without quorum, and none on a node that does not answer', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        const snapshot = describeCluster(cluster, seen, 10);
        const ready = new Set(snapshot.nodes.filter(({ state }) => state === 'ready').map(({ name }) => name));
        for (const row of snapshot.units) {
          assert.ok(row.isStale || snapshot.state !== 'noQuorum');
          assert.ok(row.isStale || row.node === undefined || ready.has(row.node));
        }
      }),
      { seed: 2016, numRuns: 500 },
    );
  });

  it('promises nothing that the arithmetic does not', () => {
    fc.assert(
      fc.property(observations, (seen) => {
        const { state, summary } = describeCluster(cluster, seen, 10);
        const [, up, all, tolerance] =
          /^(\d+) of (\d+) etcd members are up; (\d+) (?:more )?may fail/.exec(summary) ?? [];
        if (up !== undefined) {
          assert.equal(Number(tolerance), Number(up) - quorumSize(Number(all)));
          assert.ok(['healthy', 'degraded'].includes(state));
        }
      }),
      { seed: 2016, numRuns: 500 },
    );
  });
});
