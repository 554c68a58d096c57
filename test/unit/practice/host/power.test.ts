import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { afterKill, bench, journalOf, settle, until, withNode } from './fakes';

const userData = `#cloud-config
coreos:
  units:
    - name: web.service
      command: start
      enable: true
      content: |
        [Unit]
        Description=Web
        [Service]
        ExecStartPre=/bin/sh -c "echo prepared"
        ExecStart=/bin/sh -c "echo serving; sleep infinity"
        ExecStop=/bin/sh -c "echo farewell"
        [Install]
        WantedBy=multi-user.target
`;

describe('power', () => {
  it('pulled: nothing more is said, nothing runs, and the next boot is a new one', async () => {
    await withNode({ spec: { userData } }, async ({ host, kernel }) => {
      await until(host, 'web.service', 'running');
      const { machineId, bootId, power } = host;
      const lines = journalOf(host, 'web.service').length;

      host.cutPower();
      await kernel.timeline.sleep(60_000);
      const silent = journalOf(host, 'web.service').length;
      const wasUp = host.isUp;
      await host.boot();
      await until(host, 'web.service', 'running');

      assert.ok(power.aborted);
      assert.equal(silent, lines);
      assert.equal(wasUp, false);
      assert.equal(host.machineId, machineId);
      assert.notEqual(host.bootId, bootId);
      assert.ok(!journalOf(host, 'web.service').some((line) => line.includes('farewell')));
    });
  });

  it('off by a shutdown: units are stopped first', async () => {
    await withNode({ spec: { userData } }, async ({ host }) => {
      await until(host, 'web.service', 'running');

      await host.shutdown();

      assert.equal(host.isUp, false);
      assert.ok(journalOf(host, 'web.service').includes('sh: farewell'));
      assert.ok(journalOf(host, 'web.service').includes('systemd: Stopped web.service - Web.'));
    });
  });

  it('is asked for by the programs of the node, and only by root', async () => {
    await withNode({}, async ({ host }) => {
      const asked: string[] = [];
      host.onPowerRequest((kind) => asked.push(kind));

      const refused = await host.run('reboot', { user: 'core' });
      await host.run('sudo reboot', { user: 'core' });
      await host.run('shutdown -h now');
      await host.run('systemctl poweroff');

      assert.equal(refused.exitCode, 1);
      assert.deepEqual(asked, ['reboot', 'poweroff', 'poweroff']);
    });
  });

  it('cut in the middle of a boot leaves the node off', async () => {
    const { host, kernel } = bench();
    const booting = host.boot();

    host.cutPower();
    await booting;

    assert.equal(host.isUp, false);
    await host.boot();
    assert.equal(host.isUp, true);
    host.cutPower();
    kernel.dispose();
  });
});

describe('a restart of the practice process', () => {
  it('finds the node as it was: same boot, same units, no second start', async () => {
    const before = bench({ spec: { userData } });
    await before.host.boot();
    await until(before.host, 'web.service', 'running');
    const loop = '[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=30\n';
    before.host.systemd.load('loop.service', loop, { isRuntime: true });
    await before.host.systemd.start('loop.service');
    await until(before.host, 'loop.service', 'auto-restart');
    const lines = journalOf(before.host, 'web.service');
    const { bootId } = before.host;

    const after = afterKill(before, { spec: { userData } });
    await settle();

    const words = (all: string[]): string[] => all.filter((line) => !line.includes('serving'));
    assert.equal(after.host.bootId, bootId);
    assert.equal(after.host.systemd.status('web.service').sub, 'running');
    assert.equal(after.host.systemd.status('loop.service').sub, 'auto-restart');
    assert.deepEqual(words(journalOf(after.host, 'web.service')), words(lines));
    assert.equal((await after.host.systemd.stop('web.service')).active, 'inactive');
    after.host.cutPower();
    before.kernel.dispose();
    after.kernel.dispose();
  });

  it('goes on with what the user data had not come to', async () => {
    const slow = `#cloud-config
coreos:
  units:
    - {name: first.service, command: start, content: "[Service]\\nType=oneshot\\nExecStart=/bin/sleep 500\\n"}
    - {name: second.service, command: start, content: "[Service]\\nExecStart=/bin/sleep infinity\\n"}
`;
    const before = bench({ spec: { userData: slow } });
    await before.host.boot();
    await until(before.host, 'first.service', 'start');

    const after = afterKill(before, { spec: { userData: slow } });
    await until(after.host, 'second.service', 'running');

    assert.equal(after.host.systemd.status('first.service').result, 'success');
    after.host.cutPower();
    before.kernel.dispose();
    after.kernel.dispose();
  });

  it('in the middle of a boot boots', async () => {
    const before = bench({ spec: { userData } });
    void before.host.boot();

    const after = afterKill(before, { spec: { userData } });
    await until(after.host, 'web.service', 'running');

    assert.equal(after.host.isUp, true);
    after.host.cutPower();
    before.kernel.dispose();
    after.kernel.dispose();
  });
});
