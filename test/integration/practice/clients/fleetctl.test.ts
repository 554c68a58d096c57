import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunResult } from '../support';
import { Laboratory } from './laboratory';
import { run, skipWithout, start, Talk } from './programs';

const skip = skipWithout('fleetctl');
const UNIT =
  '[Unit]\nDescription=Says hello\n\n[Service]\nExecStart=/bin/sh -c "echo hello from a unit; sleep 100000"\n';

describe('fleetctl itself, through a tunnel', { skip, timeout: 300_000 }, () => {
  const lab = new Laboratory();
  let tunnel: string;
  let unit: string;
  before(async () => {
    await lab.start();
    await lab.startAgent();
    tunnel = await lab.tunnel();
    unit = path.join(lab.folder, 'hello.service');
    writeFileSync(unit, UNIT);
  });
  after(() => lab.stop());

  const fleetctl = (args: readonly string[], input = ''): Promise<RunResult> =>
    run('fleetctl', args, { environment: lab.environment({ FLEETCTL_TUNNEL: tunnel }), input });
  const quietly = (...args: string[]): Promise<RunResult> => fleetctl(['--strict-host-key-checking=false', ...args]);

  it('asks about a host it does not know, and remembers it', async () => {
    const refused = await fleetctl(['list-machines']);
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /authenticity of host '\[127\.0\.0\.1\]:\d+' can't be established[^]*unauthorized host/,
    );

    const accepted = await fleetctl(['list-machines'], 'yes\n');
    assert.equal(accepted.code, 0, accepted.stderr);
    const known = readFileSync(path.join(lab.home, '.fleetctl', 'known_hosts'), 'utf8');
    assert.match(known, /^\[127\.0\.0\.1\]:\d+ ecdsa-sha2-nistp256 AAAA/);
    assert.equal((await fleetctl(['list-machines'])).code, 0);
  });

  it('lists machines, whole and in part', async () => {
    const { code, stdout, stderr } = await quietly('list-machines', '--no-legend', '--full', '--fields=machine,ip');

    assert.equal(code, 0, stderr);
    assert.equal(stdout.match(/^[0-9a-f]{32}\t+10\.\d+\.\d+\.\d+$/gm)?.length, 3);
    const flag = ['--tunnel', tunnel, '--strict-host-key-checking=false', 'list-units', '--no-legend'];
    assert.equal((await run('fleetctl', flag, { environment: lab.environment() })).code, 0);
  });

  it('submits, starts, shows and destroys a unit', async () => {
    assert.equal((await quietly('submit', unit)).code, 0);
    assert.equal((await quietly('cat', 'hello.service')).stdout.trim(), UNIT.trim());
    const started = await quietly('start', 'hello.service');
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stdout, /Unit hello\.service (?:inactive|launched)/);
    assert.match((await quietly('list-unit-files', '--no-legend')).stdout, /^hello\.service\t/m);
    for (let tries = 0; tries < 100; tries += 1) {
      if (/\tactive\trunning$/m.test((await quietly('list-units', '--no-legend')).stdout)) break;
    }
    assert.match((await quietly('list-units', '--no-legend')).stdout, /^hello\.service\t+\S+\tactive\trunning$/m);
    const status = await quietly('status', 'hello.service');
    assert.match(status.stdout, /Active: active \(running\)/, status.stderr);
    assert.match((await quietly('journal', '--lines=20', 'hello.service')).stdout, /hello from a unit/);
    assert.equal((await quietly('stop', 'hello.service')).code, 0);
    assert.match((await quietly('destroy', 'hello.service')).stdout, /Destroyed hello\.service/);
    assert.doesNotMatch((await quietly('list-unit-files', '--no-legend')).stdout, /hello/);
  });

  it('follows a journal until it is interrupted', async () => {
    await quietly('start', unit);
    const args = ['--strict-host-key-checking=false', 'journal', '--follow', 'hello.service'];
    const child = lab.keep(start('fleetctl', args, { environment: lab.environment({ FLEETCTL_TUNNEL: tunnel }) }));
    await new Talk(child).until(/hello from a unit/);
    child.kill('SIGINT');
    await quietly('destroy', 'hello.service');
  });

  it('runs a command on a machine', async () => {
    const list = await quietly('list-machines', '--no-legend', '--full', '--fields=machine');
    const { stdout, stderr } = await quietly('ssh', list.stdout.split('\n')[0] ?? '', 'hostname');

    assert.match(stdout, /^lab-\d$/m, stderr);
  });

  it('says so when there is no agent, and when the agent has no key', async () => {
    const environment = lab.environment({ FLEETCTL_TUNNEL: tunnel, SSH_AUTH_SOCK: '' });
    const none = await run('fleetctl', ['--strict-host-key-checking=false', 'list-machines'], { environment });
    assert.equal(none.code, 1);
    assert.match(none.stderr, /SSH_AUTH_SOCK environment variable is not set/);

    const empty = await lab.startAgent([], path.join(lab.folder, 'empty.sock'));
    const keyless = await run('fleetctl', ['--strict-host-key-checking=false', 'list-machines'], {
      environment: { ...environment, SSH_AUTH_SOCK: empty },
    });
    assert.match(keyless.stderr, /unable to authenticate/);
  });
});
