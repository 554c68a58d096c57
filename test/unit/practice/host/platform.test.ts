import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { PoweredHost } from '../../../../src/practice/kernel';
import { profiles } from '../../../../src/practice/profile';
import { cluster, disposeClusters, untilTrue } from './fakes';
import { GLOBALS, launch, running, SINGLES, states } from './platform';

const curl = async (host: PoweredHost, options: string): Promise<string> =>
  (await host.run(`curl -s -w ' %{http_code}' ${options}`)).stdout;

const isServed = (host: PoweredHost): boolean => host.listener({ port: 8000 }) !== undefined;

afterEach(disposeClusters);

describe('the platform on three nodes', () => {
  it('comes up, serves through any router, and knows who came first', async () => {
    const { hosts } = await cluster(3, { spec: { memoryMb: 4096 } });
    const [one, two, three] = hosts;
    hosts.forEach((host) => launch(host, [...GLOBALS, 'router']));
    launch(two, SINGLES);
    await Promise.all(hosts.map((host) => running(host, GLOBALS)));
    const early = await curl(three, "-H 'Host: deis.example.com' http://10.132.0.1/v1/");
    await running(two, SINGLES);
    await untilTrue(two, () => isServed(two));

    const user = (name: string): string =>
      `-H 'Host: deis.example.com' -H 'Content-Type: application/json' -d '{"username":"${name}","password":"p","email":"a@b.c"}' http://10.132.0.3/v1/auth/register/`;
    const first = await curl(one, user('first'));
    const second = await curl(one, user('second'));
    await one.run('etcdctl set /deis/controller/registrationMode disabled');
    const third = await curl(one, user('third'));

    assert.match(early, /503$/);
    assert.match(
      await curl(one, "-H 'Host: deis.example.com' http://10.132.0.3/v1/"),
      /credentials were not provided.* 401$/,
    );
    assert.match(await curl(one, "-H 'Host: deis.other.org' http://10.132.0.3/healthz"), /^OK 200$/);
    assert.match(await curl(one, 'http://127.0.0.1/health-check'), /^ 200$/);
    assert.match(await curl(one, "-H 'Host: app.example.com' http://127.0.0.1/"), /404$/);
    assert.match(first, /"is_superuser":true.* 201$/);
    assert.match(second, /"is_superuser":false.* 201$/);
    assert.match(third, /Registration is disabled.* 403$/);
  });

  it('says where it is in etcd for twenty seconds at a time', async () => {
    const { hosts, kernel } = await cluster(1, { spec: { memoryMb: 4096 } });
    const [one] = hosts;
    launch(one, [...GLOBALS, ...SINGLES, 'router']);
    await untilTrue(one, () => isServed(one));
    const keys = ['controller', 'database', 'registry', 'logs', 'store/gateway'].map((name) => `/deis/${name}/host`);
    const value = (key: string): string | undefined => one.daemon('etcd')?.client.peek(key)?.value;

    const while_ = keys.map(value);
    await one.systemd.stop('deis-controller.service');
    await kernel.timeline.sleep(25_000);

    assert.deepEqual(
      while_,
      keys.map(() => '10.132.0.1'),
    );
    assert.equal(value('/deis/controller/host'), undefined);
    assert.equal(value('/deis/database/host'), '10.132.0.1');
  });

  it('finds its users again when database and controller move to another node', async () => {
    const { hosts } = await cluster(3, { spec: { memoryMb: 4096 } });
    const [one, two] = hosts;
    hosts.forEach((host) => launch(host, GLOBALS));
    launch(one, SINGLES);
    await untilTrue(one, () => isServed(one));
    const register = `curl -s -d username=a -d password=b -d email=c http://10.132.0.1:8000/v1/auth/register/`;
    await one.run(register);

    one.cutPower();
    launch(two, SINGLES);
    await untilTrue(two, () => isServed(two));

    const login = await two.run('curl -s -d username=a -d password=b http://10.132.0.2:8000/v1/auth/login/');
    assert.match(login.stdout, /^\{"token":"[0-9a-f]{40}"\}$/);
    const health = await two.run('docker exec deis-store-monitor ceph health');
    assert.match(health.stdout, /^HEALTH_WARN/);
  });

  it('goes down and comes back with its units, without a container left behind', async () => {
    const { hosts } = await cluster(1, { spec: { memoryMb: 4096 } });
    const [one] = hosts;
    launch(one, [...GLOBALS, 'router']);
    await running(one, [...GLOBALS, 'router']);

    const stopped = await one.systemd.stop('deis-router.service');
    const left = await one.run('docker ps -a --format "{{.Names}}" | sort');
    const again = await one.systemd.start('deis-router.service');

    assert.deepEqual([stopped.active, stopped.sub, again.sub], ['inactive', 'dead', 'running']);
    assert.ok(!left.stdout.includes('deis-router'));
    await untilTrue(one, () => one.listener({ port: 2222 }) !== undefined);
  });

  it('needs what the user data brings: without get_image no unit of it starts', async () => {
    const { hosts } = await cluster(1);
    const [one] = hosts;
    await one.run('rm /run/deis/bin/get_image');
    launch(one, ['router']);
    await untilTrue(one, () => one.systemd.status('deis-router.service').sub === 'auto-restart');

    assert.deepEqual(states(one), ['deis-router.service activating/auto-restart']);
  });

  it('takes its time outside the lab: images, boot sleeps and migrations are all in the ledger', async () => {
    const { hosts, kernel } = await cluster(1, { spec: { memoryMb: 4096 }, profile: profiles.default });
    const [one] = hosts;
    launch(one, [...GLOBALS, ...SINGLES]);
    await untilTrue(one, () => isServed(one));

    const kinds = new Set(kernel.ledger.delays.map(({ kind }) => kind));
    const slept = kernel.ledger.delays.filter(({ kind, from, to }) => kind === 'container' && to - from >= 21_000);
    assert.ok(kinds.has('pull') && kinds.has('boot'));
    assert.ok(slept.some(({ subject }) => subject === 'deis-1 deis-controller'));
  });
});
