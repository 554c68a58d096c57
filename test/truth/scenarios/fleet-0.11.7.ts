import { json, lines, listing, orLater, progress, streams } from '../compare';
import { installDeisctl } from '../platform';
import { readTrace } from '../readme';
import type { Scenario, Stage } from '../stage';
import { rolesOf } from '../timeline/outage';
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

const PLATFORM_MS = 300_000;
const NODES = ['deis-1', 'deis-2', 'deis-3', 'deis-4', 'deis-5'];

async function platform(stage: Stage): Promise<void> {
  for (const node of NODES) await installDeisctl(stage, node);
  await stage.prepare('deis-1', 'deisctl config platform set domain=deis.example.com');
  await stage.row('deisctl-install.txt', { as: streams({ stdout: progress }), limitMs: PLATFORM_MS });
  await stage.row('deisctl-start.txt', { as: streams({ stdout: progress }), limitMs: PLATFORM_MS });
  await stage.row('list-units-platform.txt', { as: listing(), within: SETTLED });
}

/** Three nodes die, one of them after the other, and with the third fleet has no etcd; all come back. */
async function withoutQuorum(stage: Stage): Promise<void> {
  const { lab } = stage;
  const { observer, victims } = await rolesOf(stage);
  for (const victim of victims) await lab.powerOff(victim);
  await lab.until(observer, 'fleetctl list-machines 2>&1', /503/, 120_000);
  await Promise.all(victims.map((victim) => lab.powerOn(victim)));
  const as = listing({ hasColumns: false });
  await stage.row('recovered-list-units.txt', { as, node: observer, within: 200_000 });
}

export const scenario: Scenario = {
  lab: { fleet: '0.11' },
  hasTimelines: true,
  async run(stage) {
    await writeUnits(stage);
    await fleetctl(stage);
    await api(stage);
    await platform(stage);
    await withoutQuorum(stage);
  },
};
