import { json, kinds, listing, streams } from '../compare';
import type { Scenario, Stage } from '../stage';
import { CHANGED_WEB, startManyUnits, SWAPON, writeUnits } from '../units';

const answer = json(SWAPON);
/** The members of a list in their order: `state-page1.json`. */
const files = (...names: readonly string[]): string[] => names.map((name) => `${name}.json`);
const MISFIT = `curl -sS -D /dev/stderr --unix-socket /var/run/fleet.sock -X PUT -H 'Content-Type: application/json' -d '{"desiredState":"inactive","options":[{"section":"Service","name":"ExecStart","value":"/bin/true"},{"section":"X-Fleet","name":"Global","value":"true"},{"section":"X-Fleet","name":"MachineID","value":"abc"}]}' 'http://localhost/fleet/v1/units/misfit.service'`;

async function mixedUnits(stage: Stage): Promise<void> {
  await writeUnits(stage);
  await stage.lab.write('deis-1', 'web.service', CHANGED_WEB);
  await stage.prepare('deis-1', 'fleetctl start swapon.service swapfail.service web.service');
  await stage.prepare('deis-1', 'fleetctl start --no-block nofit.service; fleetctl submit bad2.service');
  const settled = /^swapon.*exited$[^]*^web.*running$/m;
  await stage.lab.until('deis-1', 'fleetctl list-units --no-legend', settled);
  await stage.lab.until('deis-1', 'fleetctl list-units --no-legend | grep -c "exited\\|failed$"', /^10$/m);
}

async function reading(stage: Stage): Promise<void> {
  await stage.row('machines-5up.json', { as: json({ identity: true }) });
  await stage.rows(files('units-mixed', 'state-mixed', 'state-by-unit', 'state-by-unit-global'), { as: answer });
  await stage.row('state-by-unit-unknown.json', { as: answer });
  await stage.row('machines-again.json', { as: json({ identity: true }) });
  // The recorded machine had one single unit, web.
  const here = await stage.nodeOf('web.service');
  const machine = stage.lab.cluster.machines[Number(here.slice(-1)) - 1] ?? '';
  await stage.row('state-by-machine.json', {
    as: answer,
    ourCommand: `curl -sS -D /dev/stderr --unix-socket /var/run/fleet.sock 'http://localhost/fleet/v1/state?machineID=${machine}'`,
  });
  await stage.rows(files('state-by-machine-unknown', 'unit-one', 'unit-unknown', 'unit-state-unknown-path'), {
    as: answer,
  });
  await stage.rows(files('root', 'discovery-toplevel', 'fleet-v1-root'), { as: answer });
}

async function writing(stage: Stage): Promise<void> {
  await stage.rows(files('put-unit-create', 'put-unit-again-same', 'put-unit-again-changed'), { as: answer });
  await stage.row('unit-created.json', { as: answer, within: 8_000 });
  await stage.rows(
    files(
      ...['put-unit-desired-inactive', 'put-unit-desired-loaded', 'put-unit-no-options', 'put-unit-bad-state'],
      ...['put-unit-bad-json', 'put-unit-bad-name', 'put-unit-name-mismatch'],
    ),
    { as: answer },
  );
  await stage.row('put-unit-bad-xfleet.json', { as: answer, command: MISFIT });
  await stage.rows(files('put-unit-no-content-type', 'post-unit', 'delete-machine'), { as: answer });
}

async function pages(stage: Stage): Promise<void> {
  await startManyUnits(stage);
  await stage.rows(files('state-page1', 'state-page2', 'units-page1', 'units-page2', 'state-bad-token'), {
    as: answer,
  });
}

/** Nothing is left but `api.service`, which a wrong desired state has hidden. */
async function clean(stage: Stage): Promise<void> {
  await stage.prepare('deis-1', 'fleetctl destroy $(fleetctl list-unit-files --no-legend --fields=unit) > /dev/null');
  await stage.lab.until('deis-1', 'fleetctl list-units --no-legend | grep -vc "^api.service"', /^0$/m);
}

async function deleting(stage: Stage): Promise<void> {
  await stage.rows(files('delete-unit-never-existed', 'put-unit-create-2'), { as: answer });
  const isRunning = 'curl -sS --unix-socket /var/run/fleet.sock "http://localhost/fleet/v1/state?unitName=del.service"';
  await stage.lab.until('deis-1', isRunning, /"running"/);
  await stage.rows(files('delete-unit-ok', 'state-after-delete-0s', 'units-after-delete-0s', 'delete-unit-ok-again'), {
    as: answer,
  });
  await stage.row('state-after-delete-5s.json', { as: answer, within: 8_000 });
}

async function poison(stage: Stage): Promise<void> {
  await stage.rows(files('poison-1-create', 'poison-2-put-bad-state', 'poison-3-get-unit', 'poison-4-get-units'), {
    as: answer,
  });
  await stage.row('poison-5-list-unit-files.txt', { as: listing() });
  await stage.row('poison-6-delete.json', { as: answer });
  await stage.row('poison-7-destroy.txt');
  await stage.row('poison-8-journal.txt', { as: streams({ stdout: kinds }) });
  await stage.rows(files('poison-9-put-good-state', 'poison-10-get-units', 'poison-11-delete'), { as: answer });
}

export const scenario: Scenario = {
  async run(stage) {
    await mixedUnits(stage);
    await reading(stage);
    await writing(stage);
    await pages(stage);
    await clean(stage);
    await deleting(stage);
    await poison(stage);
  },
};
