import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunResult } from '../support';
import { Laboratory } from './laboratory';
import { run, skipWithout, start, Talk } from './programs';

const skip = skipWithout('deisctl');
/** What Deis' user data leaves on each node for its units: which image a component has. */
const GET_IMAGE = '#!/bin/sh\necho "deis/${1##*/}:v1.13.4"\n';

describe('deisctl itself, through DEISCTL_TUNNEL', { skip, timeout: 300_000 }, () => {
  const lab = new Laboratory();
  let environment: Record<string, string>;
  before(async () => {
    await lab.start();
    await lab.startAgent();
    const installed = await lab.nodes.run('lab-1', 'curl -sSL http://deis.io/deisctl/install.sh | sudo sh -s 1.13.4');
    assert.equal(installed.code, 0, installed.stderr);
    for (const node of ['lab-1', 'lab-2', 'lab-3']) {
      const place =
        'sudo mkdir -p /run/deis/bin; sudo tee /run/deis/bin/get_image > /dev/null; sudo touch /etc/environment_proxy';
      await lab.nodes.run(node, `${place}; sudo chmod 755 /run/deis/bin/get_image`, GET_IMAGE);
    }
    const units = path.join(lab.home, '.deis');
    mkdirSync(units, { recursive: true });
    const port = ['-P', String(await lab.nodes.port('lab-1'))];
    await run('scp', [...lab.options(), ...port, '-r', 'core@127.0.0.1:/var/lib/deis/units', units]);
    environment = lab.environment({ DEISCTL_TUNNEL: await lab.tunnel() });
  });
  after(() => lab.stop());

  /** Its colours are always on. */
  const deisctl = async (...args: string[]): Promise<RunResult> => {
    const result = await run('deisctl', args, { environment });
    // eslint-disable-next-line no-control-regex -- colours are escape sequences
    return { ...result, stdout: result.stdout.replaceAll(/\x1b\[[0-9;]*m/g, '') };
  };

  it('lists nothing at first, and the machines', async () => {
    const { code, stdout, stderr } = await deisctl('list');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^UNIT\t+MACHINE\t+LOAD\t+ACTIVE\t+SUB\n$/);
    assert.equal((await deisctl('machines')).stdout.match(/\t10\.\d+\.\d+\.\d+/g)?.length, 3);
  });

  it('sets, gets and removes what the platform is configured with', async () => {
    assert.equal((await deisctl('config', 'platform', 'set', 'domain=example.com')).stdout, 'example.com\n');
    assert.equal((await deisctl('config', 'platform', 'get', 'domain')).stdout, 'example.com\n');
    assert.equal((await lab.nodes.run('lab-2', 'etcdctl get /deis/platform/domain')).stdout, 'example.com\n');
    const key = await deisctl('config', 'platform', 'set', `sshPrivateKey=${lab.nodes.key}`);
    assert.equal(key.code, 0);
    assert.equal((await deisctl('config', 'platform', 'rm', 'domain')).code, 0);
    const gone = await deisctl('config', 'platform', 'get', 'domain');
    assert.equal(gone.code, 1);
    assert.match(gone.stdout, /^Error: 100: Key not found/);
  });

  it('installs, starts, shows and uninstalls a router', async () => {
    const installed = await deisctl('install', 'router@1');
    assert.match(installed.stdout, /deis-router@1\.service: loaded/, installed.stderr);
    const started = await deisctl('start', 'router@1');
    assert.match(started.stdout, /deis-router@1\.service: active\/running/, started.stderr);
    assert.match((await deisctl('list')).stdout, /^deis-router@1\.service\t+\S+\tloaded\tactive\trunning$/m);
    assert.match((await deisctl('status', 'router@1')).stdout, /Active: active \(running\)/);
    const host = await deisctl('ssh', 'router@1', 'hostname');
    assert.match(host.stdout, /^Executing 'hostname' on 10\.\S+\nlab-\d\n/, host.stderr);
    const child = lab.keep(start('deisctl', ['journal', 'router@1'], { environment }));
    await new Talk(child).until(/deis-router/);
    child.kill();
    assert.match((await deisctl('stop', 'router@1')).stdout, /deis-router@1\.service: inactive\/dead/);
    assert.match((await deisctl('uninstall', 'router@1')).stdout, /deis-router@1\.service: destroyed/);
  });

  it('says so when its agent has no key', async () => {
    const socket = await lab.startAgent([], path.join(lab.folder, 'empty.sock'));
    const { code, stdout } = await run('deisctl', ['list'], { environment: { ...environment, SSH_AUTH_SOCK: socket } });

    assert.equal(code, 1);
    assert.match(stdout, /^Error: failed initializing SSH client: ssh: handshake failed: ssh: unable to authenticate/);
  });
});
