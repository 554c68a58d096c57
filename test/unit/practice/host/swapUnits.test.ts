import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until, withNode } from './fakes';

const SWAPPED = `mkdir -p /var/vm; fallocate -l 1024m /var/vm/file; chmod 600 /var/vm/file; mkswap /var/vm/file >/dev/null
printf '[Swap]\\nWhat=/var/vm/file\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/var-vm-file.swap
systemctl enable --now var-vm-file.swap`;

describe('a swap unit', () => {
  it('turns its file on, after a reboot too, and off again', async () => {
    await withNode({}, async ({ host }) => {
      await host.run(SWAPPED);
      assert.deepEqual(
        host.resources.swaps.map(({ path, sizeMb }) => [path, sizeMb]),
        [['/var/vm/file', 1024]],
      );

      host.cutPower();
      assert.equal(host.resources.swaps.length, 0);
      await host.boot();
      await until(host, 'var-vm-file.swap', 'active');
      assert.equal(host.resources.swaps.length, 1);

      await host.run('systemctl stop var-vm-file.swap');
      assert.equal(host.resources.swaps.length, 0);
    });
  });

  it('fails when its file is none of swap, and is refused when its name is another', async () => {
    await withNode({}, async ({ host }) => {
      const { stdout } = await host.run(`${SWAPPED}; swapoff -a; systemctl stop var-vm-file.swap
        echo > /var/vm/file; systemctl start var-vm-file.swap; echo $?
        systemctl is-failed var-vm-file.swap; journalctl -o cat -u var-vm-file.swap
        cp /etc/systemd/system/var-vm-file.swap /etc/systemd/system/other.swap; systemctl start other.swap; echo $?`);

      assert.match(stdout, /^1\nfailed\n[\s\S]*swapon: \/var\/vm\/file: read swap header failed\n[\s\S]*\n1\n$/);
      assert.equal(host.resources.swaps.length, 0);
    });
  });

  it('has a loop device for files that cannot be swapped to themselves', async () => {
    await withNode({}, async ({ host }) => {
      const made = await host.run(`fallocate -l 512m /f; chmod 600 /f; mkswap /f > /dev/null; losetup -f /f
        swapon $(losetup -j /f | cut -d : -f 1); tail -1 /proc/swaps | cut -c 1-50; losetup -a`);

      assert.equal(made.stdout, `${'/dev/loop0'.padEnd(40)}partition\t\n/dev/loop0: []: (/f)\n`);
    });
  });
});
