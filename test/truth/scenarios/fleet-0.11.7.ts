import { json, kinds, lines, listing, orLater, progress, streams } from '../compare';
import { installDeisctl } from '../platform';
import { readTrace } from '../readme';
import type { Scenario, Stage } from '../stage';
import { rolesOf, timeline, untilLeft } from '../timeline/outage';
import type { Happening } from '../timeline/probes';
import { SWAPON, writeUnits } from '../units';

const list = listing(SWAPON);
const FOLDER = 'fleet-0.11.7';
const SETTLED = 12_000;
const files = (...names: readonly string[]): string[] => names.map((name) => `${name}.json`);

async function fleetctl(stage: Stage): Promise<void> {
  await stage.rows(['version.txt', 'register.txt', 'no-such-verb.txt', 'help.txt']);
  await stage.row('list-machines.txt', { as: listing({ identity: true }) });
  await stage.row('list-machines-full-no-legend.txt', { as: listing({ identity: true, hasColumns: false }) });
  await stage.rows(['list-units-empty.txt', 'submit-swapon.txt', 'submit-swapon-again.txt', 'load-swapon.txt']);
  await stage.row('list-units-loaded.txt', { as: list, within: SETTLED });
  await stage.row('start-swapon.txt');
  await stage.row('list-units-swapon.txt', { as: list, within: SETTLED });
  await stage.row('list-units-fields.txt', { as: listing({ ...SWAPON, hasColumns: false }) });
  await stage.row('list-unit-files.txt', { as: list });
  await stage.row('start-swapfail.txt');
  await stage.row('start-web.txt', { as: streams({ stdout: lines }) });
  await stage.row('list-units-mixed.txt', { as: list, within: SETTLED });
  await stage.rows(['status-global.txt', 'journal-global.txt']);
  await stage.row('cat.txt', { as: streams(SWAPON) });
  await stage.rows(['status-unknown.txt', 'stop-unknown.txt', 'destroy-unknown.txt', 'start-unknown.txt']);
  await stage.rows(['cat-unknown.txt', 'status-noargs.txt', 'stop-web.txt', 'stop-swapon.txt']);
  // Nodes stop theirs one after the other.
  const stopping = readTrace('fleet-0.11.7/list-units-stopped.txt').replace('active\t\texited', 'inactive\tdead');
  await stage.row('list-units-stopped.txt', { as: orLater(listing({ isChanging: true }), stopping) });
  await stage.row('destroy.txt');
  await stage.row('list-units-destroyed.txt', { as: list, within: SETTLED });
}

async function api(stage: Stage): Promise<void> {
  await stage.row('api-machines.json', { as: json({ identity: true }) });
  await stage.rows(files('api-units-empty', 'api-state-empty', 'api-put-create', 'api-put-changed'), { as: json() });
  await stage.row('api-unit.json', { as: json(), within: SETTLED });
  await stage.row('api-state.json', { as: json(), within: SETTLED });
  await stage.rows(files('api-delete', 'api-delete-unknown', 'api-poison-1', 'api-poison-2'), { as: json() });
  await stage.rows(files('api-poison-3', 'api-poison-4'), { as: json() });
  await stage.prepare('deis-1', 'etcdctl rm --recursive /_coreos.com/fleet/job/b.service');
}

const journal = streams({
  stdout: kinds,
  chance: [
    [/deis-[\w@-]+\.service/g, '‹unit›'],
    [/\bjob=\d+/g, 'job=‹number›'],
    [/\(\d+b\)/g, '(‹bytes›)'],
    // Which of the five leads the engine, and so schedules, is chance.
    [/^.*(?:Engine leadership changed from|EngineReconciler completed task: ).*$/gm, ''],
  ],
});
const PLATFORM_MS = 300_000;
const NODES = ['deis-1', 'deis-2', 'deis-3', 'deis-4', 'deis-5'];

async function platform(stage: Stage): Promise<void> {
  for (const node of NODES) await installDeisctl(stage, node);
  await stage.prepare('deis-1', 'deisctl config platform set domain=deis.example.com');
  await stage.row('deisctl-install.txt', { as: streams({ stdout: progress }), limitMs: PLATFORM_MS });
  await stage.row('deisctl-start.txt', { as: streams({ stdout: progress }), limitMs: PLATFORM_MS });
  await stage.row('list-units-platform.txt', { as: listing(), within: SETTLED });
}

/** The one of these to which a unit has moved. */
async function heirOf(stage: Stage, nodes: readonly string[]): Promise<string> {
  const ask = "journalctl -u fleet --no-pager -o cat --since '-40 seconds' | grep -c 'Writing systemd unit'";
  for (const node of nodes) {
    if (Number((await stage.lab.run(node, ask)).stdout) > 0) return node;
  }
  throw new Error('No unit has moved.');
}

/** fleetd without etcd asks again 137 s after it gave up; the recorded three came back so long before. */
const BEFORE_RETRY_MS = 5_500;

/**
 * One node dies and its units move; two more die, and fleet has no etcd; all come back. Who asks is a node to which a unit has moved,
 * as deis-2 was in the recording.
 */
async function withoutQuorum(stage: Stage): Promise<void> {
  const { lab } = stage;
  const roles = await rolesOf(stage);
  const [leader, , first] = roles.victims;
  await untilLeft(stage, roles.observer, { node: first, machine: 17 });
  const cut = (node: string): Happening => ({ takesMs: 1_000, order: () => lab.powerOff(node) });
  await timeline(stage, FOLDER, 'timeline-kill-1.jsonl', roles.observer, cut(first));
  const others = NODES.filter((node) => node !== first && node !== leader);
  const second = others.at(-1) ?? '';
  const alive = NODES.filter((node) => node !== first && node !== second);
  await lab.powerOff(second);
  await lab.until(leader, 'fleetctl list-machines --no-legend | wc -l', /^3$/m);
  await lab.until(leader, 'fleetctl list-units --no-legend | grep -vc running', /^0$/m);
  const here = await heirOf(stage, alive);
  const third = here === leader ? (alive.find((node) => node !== here) ?? '') : leader;
  await untilLeft(stage, here, { node: here, machine: 27 });
  await timeline(stage, FOLDER, 'timeline-quorum-lost.jsonl', here, cut(third));
  await stage.row('no-quorum-journal-fleet.txt', { as: journal, node: here });
  await stage.rest(BEFORE_RETRY_MS);
  await timeline(stage, FOLDER, 'timeline-recovery.jsonl', here, {
    takesMs: 0,
    order: async () => {
      await Promise.all([first, second, third].map((node) => lab.powerOn(node)));
    },
  });
  await stage.row('recovered-list-units.txt', { as: listing({ hasColumns: false }), node: here, within: 60_000 });
  await stage.row('recovered-journal-fleet.txt', { as: journal, node: here });
}

export const scenario: Scenario = {
  lab: { fleet: '0.11' },
  async run(stage) {
    await writeUnits(stage);
    await fleetctl(stage);
    await api(stage);
    await platform(stage);
    await withoutQuorum(stage);
  },
};
