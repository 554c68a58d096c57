import { json, kinds, lines, listing, orLater, progress, streams } from '../compare';
import { installDeisctl } from '../platform';
import { readTrace } from '../readme';
import type { Scenario, Stage } from '../stage';
import { SWAPON, writeUnits } from '../units';

const list = listing(SWAPON);
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
  const stopped = readTrace('fleet-0.11.7/list-units-stopped.txt').replaceAll('active\t\texited', 'inactive\tdead');
  await stage.row('list-units-stopped.txt', { as: orLater(list, stopped) });
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
  await installDeisctl(stage, 'deis-1');
  await stage.prepare('deis-1', 'deisctl config platform set domain=deis.example.com');
  await stage.row('deisctl-install.txt', { as: streams({ stdout: progress }), limitMs: PLATFORM_MS });
  await stage.row('deisctl-start.txt', { as: streams({ stdout: progress }), limitMs: PLATFORM_MS });
  await stage.row('list-units-platform.txt', { as: listing(), within: SETTLED });
}

/**
 * One node dies and its units move; two more die, and fleet has no etcd; all come back. The log is that of a node to which a unit
 * has moved, as deis-2 was in the recording.
 */
async function withoutQuorum(stage: Stage): Promise<void> {
  await stage.rest(150_000); // so that the start of the platform is too long ago for what the log is asked
  const lost = await stage.nodeOf('deis-database.service');
  await stage.lab.powerOff(lost);
  const others = NODES.filter((node) => node !== lost);
  const ask = 'fleetctl list-units --full --no-legend | grep "^deis-database.*running"';
  const watcher = others[0] ?? '';
  await stage.lab.until(
    watcher,
    ask,
    new RegExp(stage.lab.cluster.machines.filter((_id, index) => NODES[index] !== lost).join('|')),
  );
  const machine = /\t([0-9a-f]{32})/.exec((await stage.lab.run(watcher, ask)).stdout)?.[1] ?? '';
  const here = NODES[stage.lab.cluster.machines.indexOf(machine)] ?? '';
  await stage.rest(30_000);
  const dying = others.filter((node) => node !== here).slice(0, 2);
  for (const node of dying) await stage.lab.powerOff(node);
  await stage.rest(100_000);
  await stage.row('no-quorum-journal-fleet.txt', { as: journal, node: here });
  for (const node of [lost, ...dying]) await stage.lab.powerOn(node);
  await stage.lab.until(here, 'curl -s http://127.0.0.1:2379/health', /"true"/);
  await stage.rest(110_000);
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
