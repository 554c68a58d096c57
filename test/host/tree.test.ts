import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ClusterSnapshot, NodeSnapshot } from '../../src/core/model/snapshot';
import { clusterRow } from '../../src/ui/tree/clusterRow';
import { faultsRow } from '../../src/ui/tree/faultRows';
import { failuresOf } from '../../src/ui/tree/failures';
import type { Row } from '../../src/ui/tree/row';

const node = (n: number, changes: Partial<NodeSnapshot> = {}): NodeSnapshot => ({
  name: `deis-${n}`,
  dropletId: 1000 + n,
  state: 'ready',
  publicAddress: `203.0.113.${n}`,
  privateAddress: `10.132.0.${n}`,
  etcd: n === 1 ? 'leader' : 'follower',
  machineId: `${n}`.repeat(32),
  get seenAt() {
    return Date.now();
  },
  ...changes,
});

const unit = (name: string, n: number, changes: object = {}): ClusterSnapshot['units'][number] => ({
  name,
  machineId: `${n}`.repeat(32),
  node: `deis-${n}`,
  load: 'loaded',
  active: 'active',
  sub: name === 'swapon.service' ? 'exited' : 'running',
  hash: '',
  isGlobal: name === 'swapon.service' || name === 'deis-publisher.service',
  isStale: false,
  ...changes,
});

const NUMBERS = [1, 2, 3, 4, 5];
const healthy: ClusterSnapshot = {
  id: 'deis-aaaaa',
  name: 'deis',
  provider: 'practice',
  state: 'healthy',
  summary: '5 of 5 etcd members are up; 2 may fail',
  nodes: NUMBERS.map((n) => node(n)),
  units: [
    ...NUMBERS.flatMap((n) => [unit('swapon.service', n), unit('deis-publisher.service', n)]),
    unit('deis-controller.service', 3),
  ],
  missingUnits: [],
  steps: [],
  cost: { hourly: 0.0372, monthly: 25, sinceCreation: 0.05 },
  get seenAt() {
    return Date.now();
  },
};

const all = (row: Row): Row[] => [row, ...row.children().flatMap(all)];
const find = (root: Row, label: string): Row => {
  const row = all(root).find(({ facts }) => facts.label === label);
  assert.ok(row, `no row "${label}"`);
  return row;
};

describe('The tree', () => {
  it('lists what is broken on purpose, with the names of the nodes and a way to repair it', () => {
    const root = faultsRow(
      [
        { id: 'a', fault: { kind: 'node-hangs', dropletId: 1002 } },
        {
          id: 'b',
          fault: {
            kind: 'network-split',
            groups: [
              [1001, 1002, 1003],
              [1004, 1005],
            ],
          },
        },
        {
          id: 'c',
          fault: { kind: 'api-refuses', status: 500, message: 'x', method: 'POST', path: '/v2/droplets' },
          left: 2,
        },
      ],
      [healthy],
    );
    assert.ok(root);
    assert.deepEqual(
      root.children().map(({ facts }) => [facts.label, facts.description, facts.context, facts.faultId]),
      [
        ['deis-2 hangs', 'answers nothing', 'fault', 'a'],
        ['The network is split 3 | 2', 'deis-4 and deis-5 cut off', 'fault', 'b'],
        ['API refuses (500)', 'POST /v2/droplets · 2 calls left', 'fault', 'c'],
      ],
    );
    assert.equal(faultsRow([], [healthy]), undefined);
  });

  it('shows nodes with state, role, units and address', () => {
    const { facts } = find(clusterRow(healthy), 'deis-1');

    assert.equal(facts.description, '203.0.113.1 · leader · 2 units');
    assert.equal(facts.context, 'node.ready.practice');
  });

  it('speaks first the words that are in sight, then what only the icon shows', () => {
    const steps = [{ id: 'tag', title: 'Create the tag', state: 'failed', detail: 'The token may only read' }] as const;
    const root = clusterRow({ ...healthy, state: 'setupStopped', steps });
    const spoken = (row: Row): string | undefined => row.toTreeItem().accessibilityInformation?.label;

    for (const row of all(root)) {
      const visible = [row.facts.label, ...(row.facts.description?.split(' · ') ?? [])].join(', ');
      assert.ok(spoken(row)?.startsWith(visible), `${String(spoken(row))} does not begin with ${visible}`);
    }
    assert.match(spoken(find(root, 'deis-1')) ?? '', /Node ready, etcd leader$/);
    assert.match(spoken(find(root, 'Create the tag')) ?? '', /failed$/);
  });

  it('knows how often a global unit is to run before the first of it is there', () => {
    const root = clusterRow({ ...healthy, units: [], missingUnits: ['swapon.service', 'deis-store-daemon.service'] });

    assert.equal(find(root, 'Other units').facts.description, 'swapon.service 0/5');
    assert.equal(find(root, 'Platform').facts.description, '0 of 5 running, 5 missing');
  });

  it('shows the platform by subsystem, and swapon.service as n of 5', () => {
    const units = healthy.units.filter(({ name, node: where }) => name !== 'swapon.service' || where !== 'deis-5');
    const root = clusterRow({ ...healthy, units });

    assert.equal(find(root, 'Platform').facts.description, '6 of 6 running');
    assert.equal(find(root, 'Control plane').facts.description, '1 of 1 running');
    assert.equal(find(find(root, 'Platform'), 'deis-controller').facts.description, 'deis-3 · running');
    assert.equal(find(root, 'Other units').facts.description, 'swapon.service 4/5');
  });

  it('expects no global unit of a droplet that fleet does not know', () => {
    const stray: NodeSnapshot = { name: 'deis-9', dropletId: 1009, state: 'booting', etcd: 'unknown' };
    const root = clusterRow({ ...healthy, nodes: [...healthy.nodes, stray] });

    assert.equal(find(root, 'Platform').facts.description, '6 of 6 running');
    assert.equal(find(root, 'Other units').facts.description, 'swapon.service 5/5');
  });

  it('makes a row of what is missing: fleet just has no row there', () => {
    const units = healthy.units.filter(
      ({ name, node: where }) => name !== 'deis-publisher.service' || where !== 'deis-2',
    );
    const nodes = NUMBERS.map((n) => node(n, n === 2 ? { state: 'off', etcd: 'down' } : {}));
    const publisher = find(find(clusterRow({ ...healthy, units, nodes }), 'Platform'), 'deis-publisher');

    const absent = publisher.children().find(({ facts }) => facts.label === 'deis-2');

    assert.equal(absent?.facts.description, 'missing · node powered off');
    assert.equal(publisher.facts.description, '4 of 5 running, 1 missing');
  });

  it('keeps its ids when everything that is shown changes', () => {
    const worse: ClusterSnapshot = {
      ...healthy,
      state: 'degraded',
      nodes: NUMBERS.map((n) => node(n, { state: n === 1 ? 'unreachable' : 'ready', etcd: 'unknown' })),
      units: healthy.units.map((each) => ({ ...each, isStale: true })),
      cost: { hourly: 1, monthly: 2, sinceCreation: 3 },
    };
    const ids = (cluster: ClusterSnapshot): string[] => all(clusterRow(cluster)).map(({ facts }) => facts.id);

    assert.deepEqual(ids(worse), ids(healthy));
    assert.equal(new Set(ids(healthy)).size, ids(healthy).length, 'every id is there once');
  });

  it('says how old a row is that nobody answers for any more', () => {
    const nodes = NUMBERS.map((n) => node(n, n === 4 ? { state: 'unreachable', seenAt: Date.now() - 180_000 } : {}));

    assert.match(find(clusterRow({ ...healthy, nodes }), 'deis-4').facts.description ?? '', /seen 3 min ago/);
  });

  it('says that practice money is not money, and that a droplet without power costs', () => {
    const nodes = NUMBERS.map((n) => node(n, n === 2 ? { state: 'off' } : {}));
    const root = clusterRow({ ...healthy, nodes });

    assert.equal(find(root, 'Cost').facts.description, '$0.037/h · $25/month · practice');
    const text = find(root, 'deis-2').facts.tooltip;
    assert.ok(text instanceof vscode.MarkdownString && text.value.includes('still billed'));
  });

  it('never takes a name from outside for markdown', () => {
    const nodes = [node(1, { problem: '[click](command:evil) <b>' })];
    const text = find(clusterRow({ ...healthy, nodes }), 'deis-1').facts.tooltip;

    assert.ok(text instanceof vscode.MarkdownString && !text.value.includes('[click](') && text.isTrusted !== true);
  });

  it('has a row to click when the setup has stopped', () => {
    const steps = [
      { id: 'tag', title: 'Create the tag', state: 'done' },
      { id: 'ssh', title: 'Log in to the nodes', state: 'failed', detail: 'deis-1 does not answer' },
    ] as const;
    const root = clusterRow({ ...healthy, state: 'setupStopped', summary: 'Setup stopped at "Log in"', steps });

    assert.equal(root.facts.context, 'cluster.setupStopped.practice');
    assert.equal(find(root, 'Setup stopped at "Log in"').facts.command?.command, 'deis.cluster.resume');
    assert.equal(find(root, 'Setup').facts.description, '1 of 2 steps done');
  });

  it('shows the step before which a setup was cancelled', () => {
    const steps = [
      { id: 'tag', title: 'Create the tag', state: 'done' },
      { id: 'ssh', title: 'Log in to the nodes', state: 'pending' },
      { id: 'etcd', title: 'Wait for etcd', state: 'pending' },
    ] as const;
    const { facts } = find(clusterRow({ ...healthy, state: 'setupStopped', steps }), 'Log in to the nodes');

    assert.equal(facts.description, 'stopped here');
    assert.equal(
      find(clusterRow({ ...healthy, state: 'creating', steps }), 'Log in to the nodes').facts.description,
      undefined,
    );
  });

  it('says that nothing is billed while there is no droplet', () => {
    const root = clusterRow({
      ...healthy,
      provider: 'digitalocean',
      cost: { hourly: 0, monthly: 0, sinceCreation: 0 },
    });

    assert.equal(find(root, 'Cost').facts.description, 'nothing now');
  });

  it('counts failures for the badge, but not while a plan is at work', () => {
    const units = [unit('deis-controller.service', 3, { active: 'activating', sub: 'auto-restart' })];
    const nodes = [node(1), node(2, { state: 'off' })];

    assert.deepEqual(failuresOf({ ...healthy, units, nodes }), [
      'deis-2: powered off',
      'deis-controller.service on deis-3: failed',
    ]);
    assert.deepEqual(failuresOf({ ...healthy, state: 'creating', units, nodes }), []);
  });
});
