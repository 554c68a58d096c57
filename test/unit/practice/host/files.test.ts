import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { afterKill, bench, fakeKernel, withNode } from './fakes';

describe("a node's files", () => {
  it('survive a power cycle, except those in memory', async () => {
    await withNode({}, async ({ host }) => {
      await host.run(
        'echo keep > /home/core/note; mkdir -p /var/lib/x; echo deep > /var/lib/x/y; rm /etc/hosts; ln -s note /home/core/link',
      );
      await host.run('echo gone > /run/a; echo gone > /tmp/b');

      host.cutPower();
      await host.boot();

      const after = await host.run('cat /home/core/link /var/lib/x/y; ls /run/a /tmp/b /etc/hosts');
      assert.equal(after.stdout, 'keep\ndeep\n');
      assert.equal(after.stderr.match(/No such file/g)?.length, 3);
    });
  });

  it('are found again by another process, those in memory too while the node has power', async () => {
    const first = bench();
    await first.host.boot();
    await first.host.run('echo one > /etc/a; chmod 600 /etc/a; echo two > /run/b; rm /etc/passwd');
    await first.host.files.writeFile('/home/core/bytes', new Uint8Array([255, 0]));

    const second = afterKill(first);

    const { stdout } = await second.host.run('cat /etc/a /run/b; stat -c %a /etc/a; ls /etc/passwd 2>/dev/null');
    assert.equal(stdout, 'one\ntwo\n600\n');
    assert.deepEqual([...(await second.host.files.readFileBuffer('/home/core/bytes'))], [255, 0]);
    second.host.cutPower();
    first.kernel.dispose();
    second.kernel.dispose();
  });

  it('follow links as on the real image: /bin, /sbin and /usr/sbin are /usr/bin, /var/run is /run', async () => {
    await withNode({}, async ({ host }) => {
      await host.files.writeFile('/var/run/x', 'here');

      assert.equal(await host.files.readFile('/run/x'), 'here');
      assert.equal(await host.files.realpath('/sbin/reboot'), '/usr/bin/reboot');
      await assert.rejects(host.files.readFile('/nosuch/file'), /^FileError: ENOENT|ENOENT: no such file or directory/);
      await assert.rejects(host.files.writeFile('/nosuch/file', 'x'), /ENOENT/);
    });
  });

  it('tell what the machine is: release, ids, addresses', async () => {
    await withNode({}, async ({ host }) => {
      assert.match(
        await host.files.readFile('/etc/os-release'),
        /^NAME=CoreOS\n[\s\S]*PRETTY_NAME="CoreOS 1010\.5\.0 \(MoreOS\)"/,
      );
      assert.equal(await host.files.readFile('/etc/machine-id'), `${host.machineId}\n`);
      assert.equal(
        await host.files.readFile('/etc/environment'),
        'COREOS_PUBLIC_IPV4=203.0.113.1\nCOREOS_PRIVATE_IPV4=10.132.0.1\n',
      );
      assert.equal(await host.files.readFile('/home/core/.ssh/authorized_keys'), 'ssh-rsa AAAA deis\n');
    });
  });

  it('include host keys of its own that stay what they are', async () => {
    const kernel = fakeKernel();
    const { host } = bench({ kernel });
    await host.boot();
    const key = await host.files.readFile('/etc/ssh/ssh_host_ed25519_key.pub');

    host.cutPower();
    await host.boot();
    const other = bench({ kernel, spec: { dropletId: 2, name: 'deis-2' } });

    assert.equal(await host.files.readFile('/etc/ssh/ssh_host_ed25519_key.pub'), key);
    assert.match(key, /^ssh-ed25519 \S+ root@deis-1\n$/);
    assert.notEqual(await other.host.files.readFile('/etc/ssh/ssh_host_ed25519_key.pub'), key);
    host.cutPower();
    kernel.dispose();
  });

  it('are full when the disk is', async () => {
    await withNode({ spec: { diskGb: 20 } }, async ({ host }) => {
      assert.equal(host.resources.allocate('/var/vm/a', 12 * 1024 ** 3), true);
      assert.equal(host.resources.allocate('/var/vm/b', 12 * 1024 ** 3), false);
      const used = host.resources.diskUsedMb;
      await host.run('rm /var/vm/a');

      assert.ok(used > 12 * 1024 && host.resources.diskUsedMb < 1024);
    });
  });
});
