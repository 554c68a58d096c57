import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { PoweredHost } from '../../../../src/practice/kernel';
import { trace } from '../support/traces';
import { until, withNode } from './fakes';

const unitFile = (name: string): string => readFileSync(`test/fixtures/traces/fleetctl/unit-${name}.service`, 'utf8');

/** Who, when and which process: all that may differ from the recording. */
const shape = (text: string): string =>
  text
    .replaceAll(/\w{3} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC; .* ago/g, 'WHEN')
    .replaceAll(/^\w{3} \d\d \d\d:\d\d:\d\d /gm, 'WHEN ')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000/g, 'WHEN')
    .replaceAll(/deis-\d(?= )/g, 'NODE')
    .replaceAll(/\[\d+\]|(Process|PID): \d+|─\d+/g, '$1PID');

/** Two writers race for the journal: the order of its lines is not held to. */
const rows = (text: string): string[] => shape(text).split('\n').sort();

async function compare(host: PoweredHost, name: string): Promise<void> {
  const recorded = trace(name);
  const ours = await host.run(recorded.command, { user: 'core' });
  assert.deepEqual(rows(ours.stdout), rows(recorded.stdout), recorded.command);
  assert.equal(shape(ours.stderr), shape(recorded.stderr), recorded.command);
  assert.equal(ours.exitCode, recorded.exitCode, recorded.command);
}

describe('what systemd 252 said on the recorded nodes', () => {
  it('of a unit that fails, in status, properties and journal', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('swapfail.service', unitFile('swapfail'), { isRuntime: true });
      await host.systemd.start('swapfail.service');

      await compare(host, 'fleetctl/systemctl-status-swapfail.txt');
      await compare(host, 'fleetctl/systemctl-show-swapfail.txt');
      await compare(host, 'fleetctl/journalctl-swapfail.txt');
    });
  });

  it('of a unit that runs', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('web.service', unitFile('web'), { isRuntime: true });
      await host.systemd.start('web.service');

      const { stdout } = await host.run('systemctl status -l web.service');

      assert.equal(shape(stdout), shape(trace('fleetctl/status-web-local.txt').stdout));
    });
  });

  it('of a unit that crashes for ever', async () => {
    await withNode({}, async ({ host }) => {
      const text = '[Service]\nExecStart=/bin/sh -c "exit 1"\nRestart=on-failure\nRestartSec=5\n';
      host.systemd.load('deis-logger.service', text, { isRuntime: true });
      await host.systemd.start('deis-logger.service');
      for (let restarts = 0; restarts < 6; restarts += 1) {
        await until(host, 'deis-logger.service', 'auto-restart');
        await until(host, 'deis-logger.service', 'running');
      }
      await until(host, 'deis-logger.service', 'auto-restart');

      const { stdout } = await host.run(trace('deisctl/systemctl-show-failing.txt').command);

      assert.equal(stdout, trace('deisctl/systemctl-show-failing.txt').stdout);
    });
  });

  it('of what is active, and of the whole', async () => {
    const userData =
      '#cloud-config\ncoreos:\n  units:\n    - {name: etcd2.service, command: start}\n    - {name: fleet.service, command: start}\n';
    const daemon = (): { exited: Promise<number>; ready: Promise<void>; stop: () => void } => ({
      exited: new Promise(() => undefined),
      ready: Promise.resolve(),
      stop: () => undefined,
    });
    const daemons = { '/usr/bin/etcd2': daemon, '/usr/bin/fleetd': daemon };
    await withNode({ spec: { userData }, parts: { daemons } }, async ({ host }) => {
      await until(host, 'fleet.service', 'running');

      await compare(host, 'system/is-active.txt');
      await compare(host, 'system/failed.txt');
      await compare(host, 'system/is-system-running.txt');
      const { stdout } = await host.run(trace('no-quorum/systemctl-fleet.txt').command);
      assert.equal(stdout, trace('no-quorum/systemctl-fleet.txt').stdout.replace('NRestarts=1', 'NRestarts=0'));
    });
  });

  it('in a list of the units of one pattern', async () => {
    await withNode({}, async ({ host }) => {
      const recorded = trace('no-quorum/systemctl-list-deis.txt');
      for (const [name = '', , , , description = ''] of recorded.stdout
        .trim()
        .split('\n')
        .map((row) => row.trim().split(/ +/))) {
        host.systemd.load(name, `[Unit]\nDescription=${description}\n[Service]\nExecStart=/bin/sleep infinity\n`, {
          isRuntime: true,
        });
        await host.systemd.start(name);
      }

      await compare(host, 'no-quorum/systemctl-list-deis.txt');
    });
  });
});
