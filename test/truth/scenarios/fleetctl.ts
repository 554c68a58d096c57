import { lines, listing, orLater, streams } from '../compare';
import { readTrace } from '../readme';
import type { Scenario, Stage } from '../stage';
import { CHANGED_WEB, startManyUnits, SWAPON, writeUnits } from '../units';

/** All states have reached the registry. */
const SETTLED = 12_000;

const list = listing(SWAPON);
const body = listing({ ...SWAPON, hasColumns: false });
/** Nodes tell of their states one after the other. */
const isChanging = listing({ isChanging: true });
/** A single unit's start is announced by its state on the way, when it is slow enough. */
const announcement = streams({ stdout: lines });
const trace = (file: string): string => readTrace(`fleetctl/${file}`);
const without = (text: string, unit: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith(`${unit}\t`))
    .join('\n');

async function withoutUnits(stage: Stage): Promise<void> {
  await stage.rows(['version.txt']);
  await stage.rows(['list-machines.txt', 'list-machines-full.txt'], { as: listing({ identity: true }) });
  await stage.rows(
    [
      ...['list-machines-no-legend.txt', 'list-machines-full-no-legend.txt', 'list-machines-fields.txt'],
      'list-machines-fields-ip.txt',
    ],
    { as: listing({ identity: true, hasColumns: false }) },
  );
  await stage.rows(['list-machines-bad-field.txt', 'list-units-empty.txt', 'list-unit-files-empty.txt']);
  await stage.rows(['list-units-bad-field.txt', 'help.txt', 'no-such-verb.txt', 'register.txt']);
}

async function swapon(stage: Stage): Promise<void> {
  await stage.rows(['submit-swapon.txt', 'submit-swapon-again.txt']);
  await stage.rows(['list-unit-files-submitted.txt', 'list-units-submitted.txt'], { as: list });
  await stage.row('load-swapon.txt');
  await stage.row('list-unit-files-loaded.txt', { as: list });
  // fleet 0.11 was asked three seconds after the same load.
  await stage.row('list-units-loaded.txt', { as: orLater(isChanging, LOADED) });
  await stage.row('start-swapon.txt');
  await stage.row('list-units-started-0s.txt', { as: orLater(isChanging, STARTING) });
  await stage.row('list-units-swapon.txt', { as: listing({ identity: true }), within: SETTLED });
  await stage.row('list-units-swapon-fields.txt', { as: listing({ ...SWAPON, identity: true, hasColumns: false }) });
  await stage.row('list-unit-files-swapon.txt', { as: list });
  await stage.row('list-unit-files-fields.txt', { as: body });
  await stage.row('start-swapon-again.txt');
  await stage.row('cat-swapon.txt', { as: streams(SWAPON) });
  await stage.rows(['status-swapon.txt', 'journal-swapon.txt']);
}

/** The five rows of a global unit that is loaded and was not started. */
const LOADED = trace('list-units-swapon.txt')
  .replaceAll('active\texited', 'inactive\tdead')
  .replace('ACTIVE\t', 'ACTIVE\t\t');

/** Some of them are started. */
const STARTING = LOADED.replace('inactive\tdead', 'active\t\texited');

async function swapfail(stage: Stage): Promise<void> {
  await stage.row('start-swapfail.txt');
  const failed = without(trace('list-units-web.txt'), 'web.service');
  await stage.row('list-units-swapfail.txt', { as: orLater(isChanging, failed) });
  await stage.lab.until('deis-1', 'systemctl is-failed swapfail.service', /^failed/);
  await stage.row('systemctl-status-swapfail.txt', { as: streams({ stdout: lines }) });
  await stage.row('systemctl-show-swapfail.txt');
  await stage.row('journalctl-swapfail.txt', { as: streams({ stdout: lines }) });
}

async function web(stage: Stage): Promise<void> {
  await stage.row('start-web.txt', { as: announcement });
  await stage.row('list-units-web.txt', { as: listing(), within: SETTLED });
  const here = await stage.nodeOf('web.service');
  const elsewhere = here === 'deis-1' ? 'deis-2' : 'deis-1';
  await stage.row('status-web-local.txt', { node: here });
  await stage.row('status-web-remote-noagent.txt', { node: elsewhere });
  await stage.row('journal-web-local.txt', { node: here });
  await stage.row('journal-web-remote-noagent.txt', { node: elsewhere });
  await stage.row('journal-lines.txt', { node: here });
  await stage.row('status-swapfail.txt');
  await stage.rows(['status-all-noargs.txt', 'status-unknown.txt', 'journal-unknown.txt', 'cat-unknown.txt']);
  await stage.rows(['start-unknown.txt', 'stop-unknown.txt', 'unload-unknown.txt', 'destroy-unknown.txt']);
  await stage.rows(['submit-missing-file.txt', 'submit-bad-syntax.txt', 'submit-bad-xfleet.txt', 'submit-empty.txt']);
  await stage.rows(['submit-no-suffix.txt']);
}

async function misfits(stage: Stage): Promise<void> {
  await stage.row('start-bad-service-type.txt');
  await stage.row('list-units-bad-service-type.txt', { as: listing(), within: SETTLED });
  await stage.rows(['start-unschedulable.txt', 'start-unschedulable-noblock.txt']);
  await stage.row('list-units-unschedulable.txt', { as: listing() });
  await stage.row('list-unit-files-unschedulable.txt', { as: list });
}

async function changed(stage: Stage): Promise<void> {
  await stage.lab.write('deis-1', 'web.service', CHANGED_WEB);
  await stage.rows(['submit-changed.txt', 'start-changed.txt', 'submit-changed-replace.txt']);
  await stage.row('start-changed-replace.txt', { as: announcement });
  await stage.row('verify.txt');
  await stage.row('stop-web.txt');
  const stopped = trace('list-units-stopped.txt').replace(/^(web.*\t)active\t+running$/m, '$1inactive\tdead');
  await stage.row('list-units-stopped.txt', { as: orLater(listing(), stopped) });
  await stage.row('list-unit-files-stopped.txt', { as: list });
  await stage.row('start-web-again.txt', { as: announcement });
  await stage.row('unload-web.txt');
  await stage.row('list-unit-files-unloaded.txt', { as: list });
}

async function ending(stage: Stage): Promise<void> {
  await stage.row('stop-swapon.txt');
  await stage.row('list-units-swapon-stopped.txt', { as: listing({ isChanging: true }) });
  await stage.row('destroy-swapon.txt');
  await stage.row('destroy-many.txt');
  const later = without(trace('list-units-after-destroy-0s.txt'), 'swapon.service');
  await stage.row('list-units-after-destroy-0s.txt', { as: orLater(isChanging, later) });
  await stage.row('list-units-after-destroy-5s.txt', { as: listing(), within: SETTLED });
  await stage.row('list-unit-files-after-destroy.txt', { as: listing() });
  await stage.rows(['socket-missing.txt', 'endpoint-refused.txt']);
  await stage.row('driver-etcd.txt', { as: listing({ identity: true }) });
}

/** The other units that ran then: a global one that failed, one that was active, and a single one. */
async function manyUnits(stage: Stage): Promise<void> {
  await stage.prepare('deis-1', 'fleetctl start --no-block swapon.service swapfail.service web.service');
  await stage.lab.until('deis-1', 'fleetctl list-units --no-legend | wc -l', /^11$/m);
  await startManyUnits(stage);
  await stage.row('list-units-130.txt', { as: listing() });
}

export const scenario: Scenario = {
  async run(stage) {
    await writeUnits(stage);
    await withoutUnits(stage);
    await swapon(stage);
    await swapfail(stage);
    await web(stage);
    await misfits(stage);
    await changed(stage);
    await ending(stage);
    await manyUnits(stage);
  },
};
