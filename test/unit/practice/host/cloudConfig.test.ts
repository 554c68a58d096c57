import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { describe, it } from 'node:test';
import { journalOf, until, withNode } from './fakes';

const boot = (userData: string, use: Parameters<typeof withNode>[1]): Promise<void> =>
  withNode({ spec: { userData } }, use);

const CLOUDINIT = 'oem-cloudinit.service';

describe('user data', () => {
  it('writes files with mode, owner and encoding', async () => {
    const packed = gzipSync('unpacked\n').toString('base64');
    const config = `#cloud-config
write_files:
  - {path: /etc/plain, content: "a\\n"}
  - {path: /opt/bin/tool, permissions: '0755', owner: 'core:core', content: "#!/bin/bash\\necho tool\\n"}
  - {path: /etc/octal, permissions: 0600, content: x}
  - {path: /etc/b64, encoding: base64, content: ${Buffer.from('decoded\n').toString('base64')}}
  - {path: /etc/gz, encoding: gzip+base64, content: ${packed}}
`;
    await boot(config, async ({ host }) => {
      assert.equal((await host.run('/opt/bin/tool')).stdout, 'tool\n');
      assert.equal((await host.files.stat('/etc/octal')).mode, 0o600);
      assert.equal(await host.files.readFile('/etc/b64'), 'decoded\n');
      assert.equal(await host.files.readFile('/etc/gz'), 'unpacked\n');
    });
  });

  it('puts the addresses in everywhere, but for a backslash', async () => {
    const config = `#cloud-config
write_files:
  - path: /etc/addresses
    content: |
      $public_ipv4 $private_ipv4 \\$private_ipv4
`;
    await boot(config, async ({ host }) => {
      assert.equal(await host.files.readFile('/etc/addresses'), '203.0.113.1 10.132.0.1 $private_ipv4\n');
    });
  });

  it('turns its sections into drop-ins, as the recorded nodes had them', async () => {
    const config = `#cloud-config
coreos:
  etcd2: {discovery: "http://d/1", advertise-client-urls: "http://$private_ipv4:2379", heartbeat-interval: 500}
  fleet: {public-ip: $private_ipv4, metadata: "a=b,c=d"}
  flannel: {interface: eth1}
`;
    await boot(config, async ({ host }) => {
      const { stdout } = await host.run('systemctl cat etcd2 fleet; cat /run/flannel/options.env');

      assert.match(
        stdout,
        /# \/run\/systemd\/system\/etcd2\.service\.d\/20-cloudinit\.conf\n\[Service\]\nEnvironment="ETCD_ADVERTISE_CLIENT_URLS=http:\/\/10\.132\.0\.1:2379"\nEnvironment="ETCD_DISCOVERY=http:\/\/d\/1"\nEnvironment="ETCD_HEARTBEAT_INTERVAL=500"\n/,
      );
      assert.match(stdout, /Environment="FLEET_METADATA=a=b,c=d"\nEnvironment="FLEET_PUBLIC_IP=10\.132\.0\.1"\n/);
      assert.match(stdout, /FLANNELD_INTERFACE=eth1\n$/);
    });
  });

  it('brings everything there is of Deis: without it nothing starts, and no file of Deis is there', async () => {
    await boot('', async ({ host }) => {
      const { stdout } = await host.run(
        'systemctl is-active etcd2 fleet flanneld docker; ls /etc/deis-release /run/deis /opt/bin 2>&1 | wc -l',
      );

      assert.equal(stdout, 'inactive\ninactive\ninactive\ninactive\n3\n');
    });
  });

  it('is applied again at each boot', async () => {
    const config =
      '#cloud-config\nhostname: first\nwrite_files:\n  - {path: /etc/mine, content: "from user data\\n"}\n  - {path: /run/x, content: "y\\n"}\n';
    await boot(config, async ({ host }) => {
      await host.run('echo changed > /etc/mine');

      host.cutPower();
      await host.boot();

      assert.equal((await host.run('cat /etc/mine /run/x; hostname')).stdout, 'from user data\ny\nfirst\n');
    });
  });

  it('that is no YAML only leaves a line in the journal', async () => {
    await boot('#cloud-config\nhostname: [unclosed\n', async ({ host }) => {
      const lines = journalOf(host, CLOUDINIT);

      assert.ok(
        lines.some((line) => /Failed to parse user-data: yaml: line \d+/.test(line)),
        lines.join('\n'),
      );
      assert.equal((await host.run('hostname')).stdout, 'deis-1\n');
    });
  });

  it('of an unknown kind is refused in the journal', async () => {
    await boot('hello\n', ({ host }) => {
      assert.ok(journalOf(host, CLOUDINIT).some((line) => line.includes('Unrecognized user-data')));
      return Promise.resolve();
    });
  });

  it('that is a script is run as root', async () => {
    await boot('#!/bin/bash\nwhoami > /etc/ran\n', async ({ host }) => {
      await until(host, 'coreos-cloudinit-script.service', 'dead');

      assert.equal(await host.files.readFile('/etc/ran'), 'root\n');
    });
  });

  it('starts its units one after the other, in its order, and each is waited for', async () => {
    const unit = (name: string, exec: string): string =>
      `    - name: ${name}.service\n      command: start\n      content: |\n        [Service]\n        Type=oneshot\n        ExecStart=/bin/sh -c "${exec}"\n`;
    const config = `#cloud-config\ncoreos:\n  units:\n${unit('one', 'sleep 5; echo one >> /etc/order')}${unit('two', 'echo two >> /etc/order')}`;
    await boot(config, async ({ host }) => {
      await until(host, 'one.service', 'start');
      await until(host, 'two.service', 'start');
      await until(host, 'two.service', 'dead');

      assert.equal(await host.files.readFile('/etc/order'), 'one\ntwo\n');
      const calls = journalOf(host, CLOUDINIT).filter((line) => /command|Result/.test(line));
      assert.match(
        calls.join('\n'),
        /Calling unit command "start" on "one\.service"'\n.*Result of "start" on "one\.service": done/,
      );
    });
  });

  it('masks, enables and adds drop-ins', async () => {
    const config = `#cloud-config
coreos:
  update: {reboot-strategy: "off"}
  units:
    - {name: etcd.service, mask: true}
    - {name: update-engine.service, command: stop}
    - name: docker.service
      drop-ins:
        - {name: 50-opts.conf, content: "[Service]\\nEnvironment=DOCKER_OPTS=--debug\\n"}
    - {name: kept.service, enable: true, content: "[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n"}
`;
    await boot(config, async ({ host }) => {
      const { stdout } = await host.run(
        'systemctl is-enabled etcd locksmithd kept; systemctl show docker -p DropInPaths; grep REBOOT /etc/coreos/update.conf',
      );

      assert.equal(
        stdout,
        'masked\nmasked-runtime\nenabled\nDropInPaths=/etc/systemd/system/docker.service.d/50-opts.conf\nREBOOT_STRATEGY=off\n',
      );
      await until(host, 'update-engine.service', 'dead');
    });
  });

  it('means nothing to an image that is not CoreOS; one of after 2018 has no etcd2 and no fleet', async () => {
    const config = '#cloud-config\nhostname: other\ncoreos:\n  units:\n    - {name: etcd2.service, command: start}\n';
    const debian = { slug: 'debian-12-x64', distribution: 'Debian', hasFleet: false };
    await withNode({ spec: { userData: config, image: debian } }, async ({ host }) => {
      const { stdout } = await host.run('grep ^ID= /etc/os-release; which etcd2 fleetctl; systemctl is-active etcd2');
      assert.equal(stdout, 'ID=debian\ninactive\n');
    });
    await withNode({ spec: { image: { slug: null, distribution: 'CoreOS', hasFleet: false } } }, async ({ host }) => {
      assert.equal((await host.run('systemctl start etcd2')).exitCode, 5);
    });
  });
});
