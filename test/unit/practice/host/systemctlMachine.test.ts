import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withNode } from './fakes';

describe('systemctl about the whole machine', () => {
  it('shows state, failed units and the tree of control groups', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('long.service', '[Service]\nExecStart=/bin/sleep infinity\n', { isRuntime: false });
      host.systemd.load('bad.service', '[Service]\nType=oneshot\nExecStart=/bin/false\n', { isRuntime: false });
      await host.systemd.start('long.service');
      const before = (await host.run('systemctl status')).stdout;
      await host.systemd.start('bad.service');
      const after = (await host.run('systemctl status')).stdout;

      assert.match(before, /^● \S+\n {4}State: running\n {5}Jobs: 0 queued\n {3}Failed: 0 units\n {4}Since: .* ago\n/);
      assert.match(before, /├─init\.scope\n {11}│ └─1 \/usr\/lib\/systemd\/systemd /);
      const tree = before.slice(before.indexOf('─system.slice\n'));
      assert.match(tree, /─long\.service\n[ │]+└─\d+ .*sleep infinity\n/);
      assert.match(after, / State: degraded\n.*\n {3}Failed: 1 units\n/);
    });
  });

  it('lists the timers there are', async () => {
    await withNode({}, async ({ host }) => {
      host.systemd.load('tidy.timer', '[Timer]\nOnBootSec=1h\n', { isRuntime: false });
      assert.match((await host.run('systemctl list-timers')).stdout, /^0 timers listed\.\nPass --all/);
      await host.systemd.start('tidy.timer');
      assert.match(
        (await host.run('systemctl list-timers')).stdout,
        / tidy\.timer tidy\.service\n\n1 timers listed\.\nPass --all/,
      );
    });
  });
});
