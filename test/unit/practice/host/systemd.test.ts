import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Daemon, DaemonFactory } from '../../../../src/practice/kernel';
import { journalOf, settle, until, withNode } from './fakes';

const service = (lines: readonly string[], unit: readonly string[] = []): string =>
  ['[Unit]', 'Description=A unit', ...unit, '[Service]', ...lines, ''].join('\n');

describe('a service', () => {
  it('that runs is active and running, and stops clean', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('a.service', service(['ExecStart=/bin/sleep infinity']), { isRuntime: true });

      const started = await host.systemd.start('a.service');
      const stopped = await host.systemd.stop('a.service');

      assert.deepEqual([started.load, started.active, started.sub], ['loaded', 'active', 'running']);
      assert.deepEqual([stopped.active, stopped.sub, stopped.result], ['inactive', 'dead', 'success']);
      assert.deepEqual(journalOf(host, 'a.service'), [
        'systemd: Started a.service - A unit.',
        'systemd: Stopping a.service - A unit...',
        'systemd: a.service: Deactivated successfully.',
        'systemd: Stopped a.service - A unit.',
      ]);
    });
  });

  it('whose main process fails under Restart=on-failure waits in auto-restart, again and again, and is never failed', async () => {
    await withNode({}, async ({ host, kernel }) => {
      const text = service(['ExecStart=/bin/sh -c "exit 1"', 'Restart=on-failure', 'RestartSec=5']);
      host.systemd.load('a.service', text, { isRuntime: true });

      await host.systemd.start('a.service');
      await kernel.timeline.sleep(31_000);

      const { active, sub, result, mainExitStatus, restarts } = host.systemd.status('a.service');
      assert.deepEqual([active, sub, result, mainExitStatus], ['activating', 'auto-restart', 'exit-code', 1]);
      assert.ok(restarts >= 4 && restarts <= 6, String(restarts));
    });
  });

  it('with a failing ExecStartPre fails its start job and leaves the rest alone', async () => {
    await withNode({}, async ({ host }) => {
      const text = service([
        'ExecStartPre=-/bin/false',
        'ExecStartPre=/bin/false',
        'ExecStart=/bin/sh -c "echo never"',
      ]);
      host.systemd.load('a.service', text, { isRuntime: true });

      const { active, sub, result } = await host.systemd.start('a.service');

      assert.deepEqual([active, sub, result], ['failed', 'failed', 'exit-code']);
      assert.ok(!journalOf(host, 'a.service').includes('sh: never'));
    });
  });

  it('shows where it is while it starts: start-pre, start, start-post', async () => {
    await withNode({}, async ({ host }) => {
      const seen: string[] = [];
      host.systemd.onChange(({ name, active, sub }) => name === 'a.service' && seen.push(`${active}/${sub}`));
      const text = service([
        'ExecStartPre=/bin/sleep 1',
        'ExecStart=/bin/sleep infinity',
        'ExecStartPost=/bin/sleep 1',
        'ExecStop=/bin/true',
        'ExecStopPost=/bin/true',
      ]);
      host.systemd.load('a.service', text, { isRuntime: true });

      await host.systemd.start('a.service');
      await host.systemd.stop('a.service');

      assert.deepEqual(seen, [
        'activating/start-pre',
        'activating/start-post',
        'active/running',
        'deactivating/stop',
        'deactivating/stop-sigterm',
        'deactivating/stop-post',
        'inactive/dead',
      ]);
    });
  });

  it('of Type=notify is activating until it says that it is ready', async () => {
    let becomeReady: () => void = () => undefined;
    const factory: DaemonFactory = (): Daemon => {
      let end: (code: number) => void = () => undefined;
      return {
        exited: new Promise((resolve) => (end = resolve)),
        ready: new Promise((resolve) => (becomeReady = resolve)),
        stop: () => end(0),
      };
    };
    await withNode({ parts: { daemons: { '/usr/bin/slow': factory } } }, async ({ host }) => {
      host.systemd.load('a.service', service(['Type=notify', 'ExecStart=/usr/bin/slow']), { isRuntime: true });

      const job = host.systemd.start('a.service');
      await until(host, 'a.service', 'start');
      await settle();
      const before = host.systemd.status('a.service').active;
      becomeReady();
      const after = await job;

      assert.deepEqual([before, after.active, after.sub], ['activating', 'active', 'running']);
    });
  });

  it('that takes longer than TimeoutStartSec is ended', async () => {
    await withNode({}, async ({ host, kernel }) => {
      const text = service(['TimeoutStartSec=30', 'ExecStartPre=/bin/sleep 3600', 'ExecStart=/bin/true']);
      host.systemd.load('a.service', text, { isRuntime: true });

      const started = kernel.timeline.now();
      const { active, result } = await host.systemd.start('a.service');

      assert.deepEqual([active, result], ['failed', 'timeout']);
      assert.ok(kernel.timeline.now() - started < 60_000);
    });
  });

  it('gets its environment from Environment, EnvironmentFile and drop-ins; a missing file fails it unless it may be missing', async () => {
    await withNode({}, async ({ host }) => {
      await host.files.writeFile('/etc/a.env', 'NAME="from file"\n# no\n');
      await host.run(
        'mkdir -p /etc/systemd/system/a.service.d && printf "[Service]\\nEnvironment=OTHER=dropped-in\\n" > /etc/systemd/system/a.service.d/10.conf',
      );
      const text = service([
        'Type=oneshot',
        'EnvironmentFile=/etc/a.env',
        'EnvironmentFile=-/etc/none.env',
        'Environment=OTHER=unit "THIRD=%p %m"',
        'ExecStart=/bin/sh -c "echo $NAME, $OTHER, ${THIRD}"',
      ]);
      host.systemd.load('a.service', text, { isRuntime: true });
      host.systemd.load('b.service', service(['EnvironmentFile=/etc/none.env', 'ExecStart=/bin/true']), {
        isRuntime: true,
      });

      await host.systemd.start('a.service');
      const b = await host.systemd.start('b.service');

      assert.ok(journalOf(host, 'a.service').includes(`sh: from file, dropped-in, a ${host.machineId}`));
      assert.deepEqual([b.active, b.result], ['failed', 'resources']);
    });
  });

  it('started too often gives up', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('a.service', service(['ExecStart=/bin/false', 'Restart=always', 'RestartSec=100ms']), {
        isRuntime: true,
      });

      await host.systemd.start('a.service');
      await until(host, 'a.service', 'failed');

      assert.equal(host.systemd.status('a.service').result, 'start-limit-hit');
    });
  });

  it('whose program is not there fails with 203/EXEC', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('a.service', service(['Type=oneshot', 'ExecStart=/opt/bin/deisctl list']), { isRuntime: true });

      const { active, mainExitStatus } = await host.systemd.start('a.service');

      assert.deepEqual([active, mainExitStatus], ['failed', 203]);
    });
  });
});

describe('units that need each other', () => {
  it('start in order, and one whose requirement fails does not start', async () => {
    await withNode({}, async ({ host }) => {
      const oneshot = (line: string): string[] => ['Type=oneshot', 'RemainAfterExit=yes', `ExecStart=${line}`];
      host.systemd.load('base.service', service(oneshot('/bin/sleep 3')), { isRuntime: true });
      host.systemd.load('top.service', service(oneshot('/bin/true'), ['Requires=base.service', 'After=base.service']), {
        isRuntime: true,
      });
      host.systemd.load('bad.service', service(oneshot('/bin/false')), { isRuntime: true });
      host.systemd.load('needy.service', service(oneshot('/bin/true'), ['Requires=bad.service', 'After=bad.service']), {
        isRuntime: true,
      });

      await host.systemd.start('top.service');
      const base = host.systemd.status('base.service').active;
      const needy = await host.systemd.start('needy.service');

      assert.equal(base, 'active');
      assert.deepEqual([needy.active, needy.sub], ['inactive', 'dead']);
      assert.ok(journalOf(host, 'needy.service').some((line) => line.includes('Dependency failed for needy.service')));
    });
  });

  it('go down with what they require, and come back when that restarts by itself (a fleetd that panics takes the controller along)', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('fleet.socket', '[Unit]\nPartOf=fleet.service\n[Socket]\nListenStream=/run/f.sock\n', {
        isRuntime: true,
      });
      host.systemd.load(
        'fleet.service',
        service(
          ['ExecStart=/bin/sleep 20', 'Restart=always', 'RestartSec=10'],
          ['Wants=fleet.socket', 'After=fleet.socket'],
        ),
        { isRuntime: true },
      );
      host.systemd.load(
        'deis-controller.service',
        service(['ExecStart=/bin/sleep infinity'], ['Requires=fleet.socket', 'After=fleet.socket']),
        { isRuntime: true },
      );
      await host.systemd.start('fleet.service');
      await host.systemd.start('deis-controller.service');
      const seen: string[] = [];
      host.systemd.onChange(
        ({ name, active, sub }) => name === 'deis-controller.service' && seen.push(`${active}/${sub}`),
      );

      await until(host, 'fleet.service', 'auto-restart');
      await until(host, 'deis-controller.service', 'dead');
      await until(host, 'deis-controller.service', 'running');

      assert.deepEqual([seen[0], seen.at(-1)], ['deactivating/stop-sigterm', 'active/running']);
    });
  });

  it('with an unmet condition is skipped, which is no failure', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('a.service', service(['ExecStart=/bin/true'], ['ConditionPathExists=!/etc/passwd']), {
        isRuntime: true,
      });

      const { active } = await host.systemd.start('a.service');

      assert.equal(active, 'inactive');
      assert.deepEqual(journalOf(host, 'a.service'), [
        'systemd: a.service - A unit was skipped because of an unmet condition check (ConditionPathExists=!/etc/passwd).',
      ]);
    });
  });

  it('of one template are told apart by their instance, and conflicting ones push each other out', async () => {
    await withNode({}, async ({ host }) => {
      const text = service(['ExecStart=/bin/sh -c "echo I am %i of %p; sleep infinity"']);
      await host.files.writeFile('/etc/systemd/system/r@.service', text);
      host.systemd.load('other.service', service(['ExecStart=/bin/sleep infinity'], ['Conflicts=r@2.service']), {
        isRuntime: true,
      });

      await host.systemd.start('r@1.service');
      await host.systemd.start('r@2.service');
      await host.systemd.start('other.service');

      assert.equal(host.systemd.status('r@1.service').sub, 'running');
      assert.equal(host.systemd.status('r@2.service').active, 'inactive');
      assert.ok(journalOf(host, 'r@1.service').includes('sh: I am 1 of r'));
    });
  });
});

describe('a stop in the middle of a start', () => {
  it('ends the start and leaves the unit dead', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('a.service', service(['ExecStartPre=/bin/sleep 3600', 'ExecStart=/bin/true']), {
        isRuntime: true,
      });

      const job = host.systemd.start('a.service');
      await until(host, 'a.service', 'start-pre');
      const stopped = await host.systemd.stop('a.service');
      await job;

      assert.deepEqual([stopped.active, stopped.sub], ['inactive', 'dead']);
    });
  });
});
