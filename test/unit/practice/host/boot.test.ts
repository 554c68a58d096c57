import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bench, journalOf, until } from './fakes';

const CONFIG = `#cloud-config
hostname: named
coreos:
  etcd2:
    discovery: http://127.0.0.1:9/abc
    listen-client-urls: http://0.0.0.0:2379
    advertise-client-urls: http://$private_ipv4:2379
  update:
    reboot-strategy: "off"
  units:
    - name: hello.service
      command: start
      content: |
        [Unit]
        Description=Say hello
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/bin/sh -c "echo hello"
    - name: bad.service
      command: start
      content: |
        [Unit]
        Description=A unit that fails
        [Service]
        Type=oneshot
        ExecStart=/bin/sh -c "echo oops >&2; exit 255"
    - name: loop.service
      command: start
      content: |
        [Service]
        ExecStartPre=/bin/sh -c "exit 1"
        ExecStart=/usr/bin/sleep infinity
        Restart=on-failure
        RestartSec=5
    - name: etcd.service
      mask: true
write_files:
  - path: /run/deis/bin/get_image
    permissions: '0755'
    content: |
      #!/bin/bash
      echo $private_ipv4
`;

describe('a node that boots', () => {
  it('has what its user data gives it', async () => {
    const { host, kernel } = bench({ spec: { userData: CONFIG } });

    await host.boot();
    await until(host, 'hello.service', 'exited');

    assert.equal(host.isUp, true);
    assert.equal(await host.files.readFile('/run/deis/bin/get_image'), '#!/bin/bash\necho 10.132.0.1\n');
    assert.equal((await host.files.stat('/run/deis/bin/get_image')).mode, 0o755);
    assert.equal(await host.files.readFile('/etc/hostname'), 'named\n');
    assert.match(
      host.systemd.text('etcd2.service') ?? '',
      /Environment="ETCD_ADVERTISE_CLIENT_URLS=http:\/\/10\.132\.0\.1:2379"/,
    );
    assert.equal(host.systemd.status('etcd.service').load, 'masked');
    assert.equal(host.systemd.status('locksmithd.service').load, 'masked');
    assert.deepEqual(journalOf(host, 'hello.service'), [
      'systemd: Starting hello.service - Say hello...',
      'sh: hello',
      'systemd: Finished hello.service - Say hello.',
    ]);
    kernel.dispose();
  });
});
