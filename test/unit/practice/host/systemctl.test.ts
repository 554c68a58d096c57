import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle, until, withNode } from './fakes';

const running =
  '[Unit]\nDescription=A unit\n[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n';

describe('systemctl', () => {
  it('says what is wrong and how, with the exit codes scripts rely on', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('bad.service', '[Service]\nType=oneshot\nExecStart=/bin/false\n', { isRuntime: false });
      const cases: readonly (readonly [string, number, string])[] = [
        ['systemctl start nosuch', 5, 'Failed to start nosuch.service: Unit nosuch.service not found.\n'],
        ['systemctl stop nosuch', 5, 'Failed to stop nosuch.service: Unit nosuch.service not loaded.\n'],
        ['systemctl status nosuch', 4, 'Unit nosuch.service could not be found.\n'],
        ['systemctl cat nosuch', 1, 'No files found for nosuch.service.\n'],
        ['systemctl frobnicate', 1, 'Unknown command verb frobnicate.\n'],
        [
          'systemctl is-enabled nosuch',
          1,
          'Failed to get unit file state for nosuch.service: No such file or directory\n',
        ],
        [
          'systemctl start bad',
          1,
          'Job for bad.service failed because the control process exited with error code.\n' +
            'See "systemctl status bad.service" and "journalctl -xeu bad.service" for details.\n',
        ],
      ];
      for (const [command, exitCode, stderr] of cases) {
        const result = await host.run(command);
        assert.deepEqual([result.stderr, result.exitCode], [stderr, exitCode], command);
      }
      assert.equal((await host.run('systemctl is-failed bad')).exitCode, 0);
      assert.equal((await host.run('systemctl is-system-running')).stdout, 'degraded\n');
      assert.equal((await host.run('systemctl reset-failed bad; systemctl is-system-running')).stdout, 'running\n');
    });
  });

  it('lets core look and only root change', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('a.service', running, { isRuntime: false });

      const refused = await host.run('systemctl start a', { user: 'core' });
      const looked = await host.run('systemctl is-active a', { user: 'core' });
      const allowed = await host.run('sudo systemctl start a && systemctl is-active a', { user: 'core' });

      assert.deepEqual(
        [refused.stderr, refused.exitCode],
        ['Failed to start a.service: Interactive authentication required.\n', 1],
      );
      assert.deepEqual([looked.stdout, looked.exitCode], ['inactive\n', 3]);
      assert.equal(allowed.stdout, 'active\n');
    });
  });

  it('enables, masks and undoes both', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('a.service', running, { isRuntime: false });
      await host.files.mkdir('/run/systemd/system', { recursive: true });

      const enabled = await host.run(
        'systemctl enable a; systemctl is-enabled a; systemctl disable a; systemctl is-enabled a',
      );
      const masked = await host.run(
        'systemctl mask docker.service; systemctl start docker; systemctl unmask docker; systemctl is-enabled docker',
      );

      const link = '/etc/systemd/system/multi-user.target.wants/a.service';
      assert.equal(enabled.stdout, 'enabled\ndisabled\n');
      assert.equal(enabled.stderr, `Created symlink ${link} → /etc/systemd/system/a.service.\nRemoved "${link}".\n`);
      assert.match(masked.stderr, /Failed to start docker\.service: Unit docker\.service is masked\.\n/);
      assert.equal(masked.stdout, 'disabled\n');
    });
  });

  it('sees a changed unit file only after daemon-reload, and says so', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('a.service', running, { isRuntime: false });
      await host.systemd.start('a.service');
      const edit =
        'mkdir -p /etc/systemd/system/a.service.d; printf "[Unit]\\nDescription=Changed\\n" > /etc/systemd/system/a.service.d/x.conf';

      const before = await host.run(`${edit}; systemctl status a`);
      const after = await host.run('systemctl daemon-reload; systemctl status a; systemctl cat a | tail -n 3');

      assert.match(before.stdout, /a\.service - A unit/);
      assert.match(before.stderr, /Run 'systemctl daemon-reload' to reload units/);
      assert.match(
        after.stdout,
        /a\.service - Changed[\s\S]*# \/etc\/systemd\/system\/a\.service\.d\/x\.conf\n\[Unit\]\nDescription=Changed\n$/,
      );
    });
  });

  it('prints no footer when told so, and explains itself otherwise', async () => {
    await withNode({}, async ({ host }) => {
      const { stdout } = await host.run(
        "systemctl list-units 'docker*' --no-pager; systemctl list-units 'docker*' --no-legend",
      );

      assert.match(
        stdout,
        /^ {2}UNIT {10}LOAD {3}ACTIVE SUB {7}DESCRIPTION\n {2}docker\.socket loaded active listening Docker Socket for the API\n\nLOAD {3}= Reflects/,
      );
      assert.match(stdout, /\n1 loaded units listed\. Pass --all to see loaded but inactive units, too\.\n/);
      assert.ok(stdout.endsWith("unit-files'.\n  docker.socket loaded active listening Docker Socket for the API\n"));
    });
  });
});

describe('systemd-run', () => {
  it('runs long work beside the session, refuses the same name while it lives, and collects it when it ended well', async () => {
    await withNode({}, async ({ host, kernel }) => {
      const start =
        "sudo systemd-run --unit=deis-start --setenv=HOME=/root /bin/sh -c 'echo begun in $HOME; sleep 60; echo done'";

      const first = await host.run(start, { user: 'core' });
      const second = await host.run(start, { user: 'core' });
      const meanwhile = host.systemd.status('deis-start.service').sub;
      await kernel.timeline.sleep(90_000);
      await settle();
      const third = await host.run(
        'systemctl show deis-start -p ActiveState,SubState,Result,LoadState; journalctl -u deis-start -o cat',
        {
          user: 'core',
        },
      );

      assert.deepEqual([first.stderr, first.exitCode], ['Running as unit: deis-start.service\n', 0]);
      assert.match(second.stderr, /Unit deis-start\.service already exists/);
      assert.equal(second.exitCode, 1);
      assert.equal(meanwhile, 'running');
      assert.match(third.stdout, /^Result=success\nLoadState=not-found\nActiveState=inactive\nSubState=dead\n/);
      assert.match(third.stdout, /begun in \/root\ndone\n/);
    });
  });

  it('keeps what failed until it is reset', async () => {
    await withNode({}, async ({ host }) => {
      await host.run('systemd-run --unit=bad /bin/sh -c "exit 3"');
      await until(host, 'bad.service', 'failed');

      const again = await host.run('systemd-run --unit=bad /bin/true');
      const reset = await host.run('systemctl reset-failed bad && systemd-run --unit=bad /bin/true');

      assert.equal(again.exitCode, 1);
      assert.equal(reset.exitCode, 0);
    });
  });
});
