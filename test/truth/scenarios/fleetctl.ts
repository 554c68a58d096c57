import { kinds, lines, listing, streams } from '../compare';
import { readTrace } from '../readme';
import type { Scenario, Stage } from '../stage';

const UNITS: Readonly<Record<string, string>> = {
  'swapon.service': readTrace('fleetctl/unit-swapon.service'),
  'swapfail.service': readTrace('fleetctl/unit-swapfail.service'),
  'web.service': readTrace('fleetctl/unit-web.service'),
  // What these held was not recorded, only what was wrong with them.
  'bad1.service': '[Unit\nDescription=x\n',
  'bad2.service': '[Unit]\nDescription=x\n\n[X-Fleet]\nGlobal=yes please\nBogus=1\n\n[Service]\nExecStart=/bin/true\n',
  'bad3.service': '[Service]\nType=bogus\nExecStart=relative/path\n',
  'nofit.service': '[Service]\nExecStart=/bin/sleep infinity\n\n[X-Fleet]\nMachineMetadata=disk=ssd\n',
  'empty.service': '',
  noext: '[Service]\nExecStart=/bin/true\n',
};
const WEB_CHANGED =
  '[Unit]\nDescription=One changed unit\n\n[Service]\nExecStart=/bin/sleep infinity\nRestart=on-failure\n';

const hashOf = (...units: readonly string[]): { chance: [RegExp, string][] } => ({
  chance: units.map((unit) => [new RegExp(String.raw`(\b${unit}\.service\t+)[0-9a-f]{7}\b`, 'g'), '$1‹hash›']),
});

/** All states have reached the registry. */
const SETTLED = 12_000;

async function withoutUnits(stage: Stage): Promise<void> {
  await stage.rows(['version.txt']);
  const identity = listing({ identity: true });
  await stage.rows(['list-machines.txt', 'list-machines-full.txt'], { as: identity });
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
  await stage.rows(['list-unit-files-submitted.txt', 'list-units-submitted.txt'], { as: listing() });
  await stage.row('load-swapon.txt');
  await stage.rows(['list-unit-files-loaded.txt', 'list-units-loaded.txt'], { as: listing() });
  await stage.row('start-swapon.txt');
  await stage.row('list-units-started-0s.txt', { as: listing() });
  await stage.row('list-units-swapon.txt', { as: listing({ identity: true }), within: SETTLED });
  await stage.row('list-units-swapon-fields.txt', { as: listing({ identity: true, hasColumns: false }) });
  await stage.row('list-unit-files-swapon.txt', { as: listing() });
  await stage.row('list-unit-files-fields.txt', { as: listing({ hasColumns: false }) });
  await stage.rows(['start-swapon-again.txt', 'cat-swapon.txt', 'status-swapon.txt', 'journal-swapon.txt']);
}

async function swapfail(stage: Stage): Promise<void> {
  await stage.row('start-swapfail.txt');
  await stage.row('list-units-swapfail.txt', { as: listing() });
  await stage.lab.until('deis-1', 'systemctl is-failed swapfail.service', /failed/);
  await stage.row('systemctl-status-swapfail.txt', { as: streams({ stdout: lines }) });
  await stage.row('systemctl-show-swapfail.txt');
  await stage.row('journalctl-swapfail.txt', { as: streams({ stdout: lines }) });
}

async function web(stage: Stage): Promise<void> {
  // "inactive" first when the engine took its time; both lines are fleetctl's report of one start.
  await stage.row('start-web.txt', { as: streams({ stdout: lines }) });
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
  await stage.row('list-unit-files-unschedulable.txt', { as: listing(hashOf('bad2', 'bad3', 'nofit')) });
}

async function changed(stage: Stage): Promise<void> {
  await stage.lab.write('deis-1', 'web.service', WEB_CHANGED);
  await stage.rows(['submit-changed.txt', 'start-changed.txt', 'submit-changed-replace.txt']);
  await stage.row('start-changed-replace.txt', { as: streams({ stdout: lines }) });
  await stage.row('verify.txt');
  await stage.row('stop-web.txt');
  await stage.row('list-units-stopped.txt', { as: listing() });
  await stage.row('list-unit-files-stopped.txt', { as: listing(hashOf('bad2', 'bad3', 'nofit', 'web')) });
  await stage.row('start-web-again.txt', { as: streams({ stdout: lines }) });
  await stage.row('unload-web.txt');
  await stage.row('list-unit-files-unloaded.txt', { as: listing(hashOf('bad2', 'bad3', 'nofit', 'web')) });
}

async function ending(stage: Stage): Promise<void> {
  await stage.row('stop-swapon.txt');
  await stage.row('list-units-swapon-stopped.txt', { as: listing({ isChanging: true }) });
  await stage.row('destroy-swapon.txt');
  await stage.row('destroy-many.txt');
  await stage.row('list-units-after-destroy-0s.txt', { as: listing({ isChanging: true }) });
  await stage.row('list-units-after-destroy-5s.txt', { as: listing(), within: SETTLED });
  await stage.row('list-unit-files-after-destroy.txt', { as: listing() });
  await stage.rows(['socket-missing.txt', 'endpoint-refused.txt']);
  await stage.row('driver-etcd.txt', { as: listing({ identity: true }) });
}

/** 130 units besides: more than one page of the API. */
async function manyUnits(stage: Stage): Promise<void> {
  await stage.prepare(
    'deis-1',
    'for i in $(seq 1 130); do printf "[Service]\\nExecStart=/bin/sleep infinity\\n" > $(printf dummy%03d $i).service; done; fleetctl start --no-block dummy*.service > /dev/null',
  );
  await stage.lab.until('deis-1', 'fleetctl list-units --no-legend | grep -c running', /^130$/m, 240_000);
  await stage.row('list-units-130.txt', { as: streams({ stdout: kinds }) });
}

export const scenario: Scenario = {
  async run(stage) {
    for (const [name, text] of Object.entries(UNITS)) await stage.writeEverywhere(name, text);
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
