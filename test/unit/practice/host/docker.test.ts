import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { createShell } from '../../../../src/practice/shell/shell';
import { afterKill, cluster, disposeClusters, PROGRAMS, settle, until, untilTrue, withNode } from './fakes';

afterEach(disposeClusters);

const WITH_DOCKER = '-v /var/run/docker.sock:/var/run/docker.sock';

describe('docker', () => {
  it('is started by whoever asks for it first', async () => {
    await withNode({}, async ({ host }) => {
      const before = host.systemd.status('docker.service').active;
      const { stdout } = await host.run('docker ps', { user: 'core' });

      assert.equal(before, 'inactive');
      assert.equal(host.systemd.status('docker.service').sub, 'running');
      assert.match(stdout, /^CONTAINER ID {8}IMAGE {15}COMMAND {13}CREATED {13}STATUS {14}PORTS {15}NAMES\n$/);
    });
  });

  it('pulls once, through the ledger, and says what it did', async () => {
    await withNode({}, async ({ host, kernel }) => {
      const first = await host.run('docker pull deis/router:v1.13.1');
      const again = await host.run('docker pull deis/router:v1.13.1; docker images');
      const missing = await host.run('docker pull deis/nosuch:v1.13.1');

      assert.match(
        first.stdout,
        /^v1\.13\.1: Pulling from deis\/router\nDigest: sha256:[0-9a-f]{64}\nStatus: Downloaded newer image for deis\/router:v1\.13\.1\n$/,
      );
      assert.match(
        again.stdout,
        /Status: Image is up to date for deis\/router:v1\.13\.1\n[\s\S]*deis\/router {9}v1\.13\.1/,
      );
      assert.deepEqual([missing.exitCode, missing.stderr], [1, 'Error: image deis/nosuch:v1.13.1 not found\n']);
      assert.deepEqual(
        kernel.ledger.delays.filter(({ kind }) => kind === 'pull').map(({ subject, from, to }) => [subject, to - from]),
        [['deis-1 deis/router:v1.13.1', 2000]],
      );
    });
  });

  it('runs a container for as long as its process lasts, with its name, its port and its output', async () => {
    await withNode({}, async ({ host }) => {
      await host.run('docker pull alpine:3.2 && docker run -d --name web -p 8080:80 alpine:3.2 sleep 9999');

      const listed = await host.run(
        'docker ps --format "{{.Names}} {{.Image}} {{.Ports}}"; docker inspect web --format "{{.State.Running}} {{ .Name }}"',
      );
      const same = await host.run('docker run --name web alpine:3.2');
      const removed = await host.run('docker rm web; docker stop web; docker rm web; docker ps -a -q');

      assert.equal(listed.stdout, 'web alpine:3.2 0.0.0.0:8080->80/tcp\ntrue /web\n');
      assert.deepEqual(
        [same.exitCode, same.stderr.includes('Conflict. The name "/web" is already in use')],
        [125, true],
      );
      assert.match(removed.stderr, /You cannot remove a running container [0-9a-f]{64}/);
      assert.equal(removed.stdout, 'web\nweb\n');
    });
  });

  it('listens on the port of docker-tcp.socket for anybody, while that is active', async () => {
    const userData = `#cloud-config
coreos:
  units:
    - name: docker-tcp.socket
      command: start
      content: "[Unit]\\nDescription=Docker API over TCP\\n[Socket]\\nListenStream=2375\\nService=docker.service\\n"
`;
    await withNode({ spec: { userData } }, async ({ host }) => {
      await until(host, 'docker-tcp.socket', 'listening');
      const open = host.listener({ port: 2375 }) !== undefined;
      await host.run('systemctl stop docker-tcp.socket');

      assert.deepEqual([open, host.listener({ port: 2375 })], [true, undefined]);
    });
  });

  it('shows the client beside its container in the unit that runs it', async () => {
    await withNode({}, async ({ host }) => {
      await host.run('docker pull deis/logger:v1.13.1');
      const text = `[Service]\nExecStart=/bin/sh -c 'docker run --rm --name p -e "A=b c" deis/logger:v1.13.1'\n`;
      host.systemd.load('p.service', text, { isRuntime: true });
      await host.systemd.start('p.service');
      await untilTrue(host, () => host.processes.some(({ name, unit }) => name === 'docker' && unit === 'p.service'));

      const { stdout } = await host.run('systemctl status p');

      assert.match(
        stdout,
        /├─\d+ \/bin\/sh -c "docker run [^\n]*"\n +└─\d+ docker run --rm --name p -e "A=b c" deis\/logger:v1\.13\.1\n/,
      );
    });
  });

  it('ends what asks Docker for containers and was not given its socket', async () => {
    await withNode({}, async ({ host }) => {
      const image = 'deis/publisher:v1.13.1';
      await host.run(`docker pull ${image}`);
      const without = await host.run(`docker run --rm ${image}`);
      const withSocket = await host.run(
        `docker run -d --name p -v /var/run/docker.sock:/tmp/docker.sock ${image}; docker inspect p --format "{{.State.Running}}"`,
      );

      assert.deepEqual([without.exitCode, without.stdout], [1, 'cannot connect to Docker endpoint\n']);
      assert.match(withSocket.stdout, /^true$/m);
    });
  });

  it('refuses a port that is taken', async () => {
    const { hosts } = await cluster(1);
    const [one] = hosts;
    await one.run('docker pull deis/router:v1.13.1; docker run -d --name a -p 80:80 deis/router:v1.13.1');
    await untilTrue(one, () => one.listener({ port: 80 }) !== undefined);

    const { stderr, exitCode } = await one.run('docker run --name b -p 80:80 deis/router:v1.13.1');

    assert.equal(exitCode, 125);
    assert.match(stderr, /Bind for 0\.0\.0\.0:80 failed: port is already allocated/);
  });

  it('passes the signal on to the container, whose logs come while it runs', async () => {
    await withNode({}, async ({ host }) => {
      await host.run('docker pull deis/publisher:v1.13.1');
      const interrupt = new AbortController();
      let output = '';
      const running = createShell(host, PROGRAMS).start(
        `docker run --rm --name p ${WITH_DOCKER} deis/publisher:v1.13.1`,
        { signal: interrupt.signal },
        { stdout: (text) => (output += text), stderr: () => undefined },
      );
      await untilTrue(host, () => output !== '');
      interrupt.abort();
      await running;
      await settle();

      assert.equal(output, 'publisher: started\n');
      assert.equal((await host.run('docker ps -a -q')).stdout, '');
    });
  });

  it('keeps images over a power cycle, and what was there when the process ended', async () => {
    const { hosts, kernel } = await cluster(1);
    const [one] = hosts;
    await one.run('docker pull deis/router:v1.13.1');
    one.cutPower();
    await one.boot();
    assert.match((await one.run('docker images')).stdout, /deis\/router/);
    await untilTrue(one, () => one.daemon('etcd') !== undefined);
    one.systemd.load(
      'r.service',
      '[Service]\nExecStart=/usr/bin/docker run --rm --name r -p 80:80 deis/router:v1.13.1\n',
      { isRuntime: true },
    );
    await one.systemd.start('r.service');
    await untilTrue(one, () => one.listener({ port: 80 }) !== undefined);
    const id = (await one.run('docker ps -q --no-trunc')).stdout;

    const next = afterKill({ host: one, kernel });
    await untilTrue(next.host, () => next.host.systemd.status('docker.service').sub === 'running');
    await settle();

    assert.equal((await next.host.run('docker ps -q --no-trunc')).stdout, id);
    assert.equal(next.host.systemd.status('r.service').sub, 'running');
    next.host.cutPower();
    next.kernel.dispose();
  });

  it('waits for flannel, and so for etcd, when it is told to', async () => {
    const userData = `#cloud-config
coreos:
  units:
    - name: docker.service
      drop-ins:
        - {name: 10-flannel.conf, content: "[Unit]\\nRequires=flanneld.service\\nAfter=flanneld.service\\n"}
    - {name: etcd2.service, command: start}
    - name: flanneld.service
      command: start
      drop-ins:
        - {name: 50.conf, content: "[Service]\\nExecStartPre=/usr/bin/etcdctl set /coreos.com/network/config '{\\"Network\\":\\"10.244.0.0/16\\"}'\\n"}
`;
    await withNode({ spec: { userData } }, async ({ host }) => {
      const { stdout } = await host.run(
        'docker ps -q; cat /run/flannel/subnet.env; etcdctl ls /coreos.com/network/subnets',
      );

      assert.match(stdout, /FLANNEL_SUBNET=10\.244\.1\.1\/24/);
      assert.match(stdout, /\/coreos\.com\/network\/subnets\/10\.244\.1\.0-24\n$/);
    });
    await withNode(
      {
        spec: {
          userData: userData.replace('{name: etcd2.service, command: start}', '{name: etcd2.service, mask: true}'),
        },
      },
      async ({ host }) => {
        const { exitCode, stderr } = await host.run('docker ps');

        assert.equal(exitCode, 1);
        assert.match(stderr, /Cannot connect to the Docker daemon/);
      },
    );
  });
});

describe('flock', () => {
  it('lets one at a time through', async () => {
    await withNode({}, async ({ host }) => {
      const [first, second, refused] = await Promise.all([
        host.run('flock /run/lock/x sh -c "sleep 5; date +%s"'),
        host.run('flock -w 60 /run/lock/x sh -c "sleep 5; date +%s"'),
        host.run('sleep 1; flock -n /run/lock/x true'),
      ]);

      assert.ok(Number(second.stdout) - Number(first.stdout) >= 5);
      assert.equal(refused.exitCode, 1);
    });
  });
});
