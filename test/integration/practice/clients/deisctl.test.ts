import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { at, listAt } from '../support';
import { Deisctl } from './deisctl';
import { skipWithout } from './programs';

const skip = skipWithout('deisctl');
/** Of three nodes: six global units on each, six single ones and three routers. */
const PLATFORM_ROWS = 6 * 3 + 6 + 3;

describe('deisctl itself, through DEISCTL_TUNNEL', { skip, timeout: 300_000 }, () => {
  const deisctl = new Deisctl();
  const { lab } = deisctl;
  before(() => deisctl.start());
  after(() => lab.stop());

  it('lists nothing at first, and the machines', async () => {
    const { code, stdout, stderr } = await deisctl.run(['list']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^UNIT\t+MACHINE\t+LOAD\t+ACTIVE\t+SUB\n$/);
    assert.equal((await deisctl.says('machines')).match(/^[0-9a-f]{8}\.\.\.\t+10\.\d+\.\d+\.\d+\t+-$/gm)?.length, 3);
  });

  it('has nothing to start, stop, show or upgrade yet', async () => {
    assert.match(
      await deisctl.says('start', 'platform'),
      /Could not find unit: deis-store-monitor\.service[^]*could not find unit: deis-router/,
    );
    assert.match(await deisctl.says('stop', 'router@*'), /could not find unit: deis-router/);
    for (const verb of ['status', 'journal', 'ssh', 'dock']) {
      assert.match(await deisctl.fails(verb, 'controller'), /Error: could not find unit: controller/);
    }
    assert.match(await deisctl.fails('upgrade-takeover'), /Error: 100: Key not found \(\/deis\) \[\d+\]/);
    assert.match(await deisctl.fails('install', 'platform'), /Error: Missing platform domain/);
  });

  it('sets, gets and removes what the platform is configured with', async () => {
    assert.equal(await deisctl.says('config', 'platform', 'set', 'domain=example.com', 'a=b=c'), 'example.com\nc\n');
    assert.equal(await deisctl.says('config', 'platform', 'get', 'domain', 'a=b'), 'example.com\nc\n');
    assert.equal((await lab.nodes.run('lab-2', 'etcdctl get /deis/platform/domain')).stdout, 'example.com\n');
    const key = await deisctl.says('config', 'platform', 'set', `sshPrivateKey=${lab.nodes.key}`);
    assert.equal(Buffer.from(key, 'base64').toString(), readFileSync(lab.nodes.key, 'utf8'));
    assert.equal(await deisctl.says('config', 'platform', 'rm', 'a=b'), 'a=b\n');
    assert.match(
      await deisctl.fails('config', 'platform', 'get', 'a=b'),
      /^Error: 100: Key not found \(\/deis\/platform\/a=b\)/,
    );
    assert.match(await deisctl.fails('config', 'platform', 'set', 'domain='), /does not match the pattern 'key=var'/);
  });

  it('installs and starts the whole platform, interrupted in the middle and again', async () => {
    const installed = await deisctl.says('install', 'platform');
    assert.equal(installed.match(/^deis-\S+\.service: loaded$/gm)?.length, 15, installed);
    assert.match(installed, /\nRouter mesh\.\.\.\n[^]*\nPlease run `deisctl start platform` to boot up Deis\.\n$/);
    await deisctl.until(PLATFORM_ROWS, /loaded\tinactive\tdead$/);

    const interrupted = deisctl.talk('start', 'platform');
    await interrupted.until(/deis-store-daemon\.service:/);
    interrupted.child.kill('SIGINT');
    await interrupted.ended;
    const started = await deisctl.says('start', 'platform');
    assert.equal(started.match(/^deis-\S+\.service: active\/running$/gm)?.length, 15, started);
    assert.match(started, /Please set up an administrative account\./);
    await deisctl.until(PLATFORM_ROWS, /loaded\tactive\trunning$/);
  });

  it('shows a unit where it runs, and none that runs everywhere', async () => {
    assert.match(await deisctl.says('status', 'router@1'), /Active: active \(running\)/);
    const journal = deisctl.talk('journal', 'router@1');
    await journal.until(/deis-router running/);
    assert.equal(journal.child.exitCode, null);
    journal.child.kill();
    assert.match(await deisctl.says('ssh', 'router@1', 'hostname; exit 3'), /^Executing '.*' on 10\.\S+\nlab-\d\n$/);
    assert.match(
      await deisctl.says('dock', 'controller', 'true'),
      /^Executing 'docker exec -it deis-controller true' on 10\./,
    );
    assert.match(await deisctl.says('status', 'publisher'), /Unable to get status for global unit deis-publisher/);
    assert.match(await deisctl.fails('ssh', 'publisher', 'true'), /Unable to connect to global unit deis-publisher/);
  });

  it('stops, restarts and scales parts of it', async () => {
    assert.match(await deisctl.says('stop', 'builder'), /^deis-builder\.service: inactive\/dead$/m);
    assert.equal((await deisctl.rows(/^deis-builder\.service\t.*\tloaded\tinactive\tdead$/)).length, 1);
    assert.match(await deisctl.says('restart', 'builder'), /^deis-builder\.service: active\/running$/m);
    assert.equal(
      (await deisctl.says('scale', 'router=1')).match(/^deis-router@[23]\.service: destroyed$/gm)?.length,
      2,
    );
    const rolled = await deisctl.says('rolling-restart', 'router');
    assert.match(rolled, /@1\.service: destroyed\n[^]*@1\.service: active\/running\n/);
    assert.match(await deisctl.fails('scale', 'controller=2'), /Error: cannot scale controller component/);
  });

  it('is upgraded in place, as one without stores: applications stay published meanwhile', async () => {
    await lab.nodes.run('lab-1', 'etcdctl set --ttl 36000 /deis/services/app/one 10.0.0.1:5000');
    const prepared = await deisctl.says('upgrade-prep', '--stateless');
    assert.match(prepared, /applications are still serving traffic as normal/);
    assert.deepEqual(await deisctl.rows(/^deis-(?:database|registry|controller|builder|log)/), []);

    assert.match(await deisctl.says('upgrade-takeover', '--stateless'), /^deis-controller\.service: active\/running$/m);
    // Without two routers, and without the database and the logger, which such a platform has elsewhere.
    await deisctl.until(PLATFORM_ROWS - 4, /loaded\tactive\trunning$/);
    const { stdout } = await lab.nodes.run('lab-1', 'etcdctl -o extended get /deis/services/app/one');
    assert.match(stdout, /^TTL: 1[0-9]{3}\n[^]*\n10\.0\.0\.1:5000\n$/m);
  });

  it('puts units only where their role is, once placement is wanted', async () => {
    assert.match(await deisctl.says('scale', 'router=2'), /^deis-router@2\.service: active\/running$/m);
    assert.match(await deisctl.says('uninstall', 'router@2'), /^deis-router@2\.service: destroyed$/m);
    await deisctl.says('config', 'platform', 'set', 'enablePlacementOptions=true');
    const install = deisctl.talk('install', 'router@2');
    const file = await lab.nodes.until('lab-1', 'fleetctl cat deis-router@2', /MachineMetadata/);
    assert.match(file, /\[X-Fleet\]\n[^[]*MachineMetadata="routerMesh=true"/);
    assert.equal(install.child.exitCode, null); // No node of the laboratory has a role: it waits.
    install.child.kill();
    await deisctl.says('config', 'platform', 'rm', 'enablePlacementOptions');
  });

  it('uninstalls what it installed', async () => {
    const uninstalled = await deisctl.says('uninstall', 'platform');
    assert.match(uninstalled, /^deis-store-monitor\.service: destroyed$/m);
    assert.deepEqual(await deisctl.rows(), []);
  });

  it('shows stale rows without a quorum, and changes nothing', async () => {
    await deisctl.says('install', 'router@1');
    const { json } = await lab.nodes.practice.call('GET', '/v2/droplets');
    const lost = listAt(json, 'droplets').filter((droplet) => at(droplet, 'name') !== 'lab-1');
    for (const droplet of lost) {
      await lab.nodes.practice.call('POST', `/v2/droplets/${String(at(droplet, 'id'))}/actions`, {
        body: { type: 'power_off' },
      });
    }
    await lab.nodes.until('lab-1', 'curl -s http://127.0.0.1:2379/health', /"health": ?"false"/);
    assert.equal((await deisctl.rows(/^deis-router@1/)).length, 1);
    assert.equal(await deisctl.says('config', 'platform', 'get', 'domain'), 'example.com\n');
    const failed = await deisctl.fails('config', 'platform', 'set', 'domain=other.com');
    assert.match(failed, /^Error: 501: All the given peers are not reachable \(failed to propose on members/);
    const { code, stderr, stdout } = await deisctl.run(['--request-timeout=0.5', 'start', 'router@1']);
    assert.equal(code, 0);
    assert.match(stderr + stdout, /Unable to get result for \{Set \S+\/target-state\}[^]*timeout reached/);
  });

  it('says so when its agent has no key, and when the tunnel’s node is dead', async () => {
    const socket = await lab.startAgent([], path.join(lab.folder, 'empty.sock'));
    const refused = await deisctl.run(['list'], { SSH_AUTH_SOCK: socket });
    assert.equal(refused.code, 1);
    assert.match(
      refused.stdout,
      /^Error: failed initializing SSH client: ssh: handshake failed: ssh: unable to authenticate/,
    );
    const dead = await deisctl.run(['--ssh-timeout=0.5', 'list'], { DEISCTL_TUNNEL: await lab.tunnel('lab-2') });
    assert.equal(dead.code, 1);
    assert.match(dead.stdout, /^Error: failed initializing SSH client: timed out while initiating SSH connection\n$/);
  });
});
