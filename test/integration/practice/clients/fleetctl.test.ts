import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Fleetctl, GLOBAL, linesLike, service } from './fleetctl';
import { run, skipWithout } from './programs';

const skip = skipWithout('fleetctl');

describe('fleetctl itself, through a tunnel', { skip, timeout: 300_000 }, () => {
  const fleet = new Fleetctl();
  const { lab } = fleet;
  before(async () => {
    await fleet.start();
    fleet.unit('hello.service', service('echo hello from a unit'));
    fleet.unit('all.service', service('echo hello from all', GLOBAL));
    fleet.unit('many@.service', service('echo I am %i', '\n[X-Fleet]\nConflicts=many@*.service\n'));
    fleet.unit('nowhere.service', service('true', '\n[X-Fleet]\nMachineMetadata=disk=none\n'));
  });
  after(() => lab.stop());

  it('asks about a host it does not know, remembers it, and refuses another key', async () => {
    const refused = await fleet.run(['list-machines']);
    assert.equal(refused.code, 1);
    const question = /authenticity of host '\[127\.0\.0\.1\]:\d+' can't be established[^]*unauthorized host/;
    assert.match(refused.stderr, question);

    const accepted = await fleet.run(['list-machines'], 'yes\n');
    assert.equal(accepted.code, 0, accepted.stderr);
    const file = path.join(lab.home, '.fleetctl', 'known_hosts');
    const known = readFileSync(file, 'utf8');
    assert.match(known, /^\[127\.0\.0\.1\]:\d+ ecdsa-sha2-nistp256 AAAA/);
    assert.equal((await fleet.run(['list-machines'])).code, 0);

    const other = await lab.tunnel('lab-2');
    appendFileSync(file, known.replace(/:\d+ /, `:${other.split(':')[1]} `));
    const changed = await fleet.run(['--tunnel', other, 'list-machines']);
    assert.equal(changed.code, 1);
    assert.match(changed.stderr, /REMOTE HOST IDENTIFICATION HAS CHANGED[^]*host key mismatch/);
  });

  it('lists machines, whole and in part', async () => {
    const rows = await fleet.says('list-machines', '--no-legend', '--full', '--fields=machine,ip');
    assert.equal(rows.match(/^[0-9a-f]{32}\t+10\.\d+\.\d+\.\d+$/gm)?.length, 3);
    assert.match(await fleet.says('list-machines'), /^MACHINE\t+IP\t+METADATA\n[0-9a-f]{8}\.\.\.\t+10\.\S+\t+-\n/);

    const flag = ['--tunnel', fleet.tunnel, '--strict-host-key-checking=false', 'list-units', '--no-legend'];
    assert.equal((await run('fleetctl', flag, { environment: lab.environment() })).code, 0);
    for (const list of ['list-machines', 'list-units', 'list-unit-files']) {
      const { code, stderr } = await fleet.quietly(list, '--fields=nosuch');
      assert.deepEqual([code, stderr], [1, 'Invalid key in output format: "nosuch"\n']);
    }
  });

  it('leads a unit through all its states', async () => {
    assert.match(await fleet.says('submit', 'hello.service'), /^Unit hello\.service inactive$/m);
    assert.equal(await fleet.says('submit', 'hello.service'), '');
    assert.equal((await fleet.says('cat', 'hello')).trim(), service('echo hello from a unit').trim());
    const files = ['list-unit-files', '--no-legend', '--full', '--fields=unit,hash,dstate,state,target,global,desc'];
    const row = /^hello\.service\t[0-9a-f]{40}\tinactive\tinactive\t-\tfalse\tTest of echo hello from a unit$/m;
    assert.match(await fleet.says(...files), row);
    assert.match(await fleet.says('load', 'hello.service'), /^Unit hello\.service loaded on [0-9a-f]{8}\.\.\.\/10\./m);
    assert.match(await fleet.says('start', 'hello.service'), /^Unit hello\.service launched on [0-9a-f]{8}\.\.\./m);
    const units = ['list-units', '--no-legend', '--fields=unit,load,active,sub'];
    await fleet.until(1, /^hello\.service\tloaded\tactive\trunning$/, ...units);
    assert.match(await fleet.says('status', 'hello.service'), /Active: active \(running\)/);
    assert.match(await fleet.says('journal', '--lines=20', 'hello.service'), / sh\[\d+\]: hello from a unit$/m);
    assert.match(await fleet.says('journal', '--sudo', '--output=cat', 'hello.service'), /^hello from a unit$/m);
    assert.match(await fleet.says('stop', 'hello.service'), /^Unit hello\.service loaded on/m);
    assert.match(await fleet.says('unload', 'hello.service'), /^Unit hello\.service inactive$/m);
    assert.match(await fleet.says('destroy', 'hello.service'), /^Destroyed hello\.service$/m);
    assert.doesNotMatch(await fleet.says('list-unit-files', '--no-legend'), /hello/);
  });

  it('makes instances of a template, one on each machine', async () => {
    assert.match(await fleet.says('submit', 'many@.service'), /^Unit many@\.service inactive$/m);
    const names = ['many@1.service', 'many@2.service', 'many@3.service'];
    const started = await fleet.says('start', ...names);
    names.forEach((name) => assert.match(started, new RegExp(`^Unit ${name} launched`, 'm')));
    const rows = await fleet.until(3, /^many@\d\.service\t/, 'list-units', '--no-legend', '--fields=unit,machine');
    assert.equal(new Set(rows.map((row) => row.split('\t')[1])).size, 3);
    assert.match(await fleet.says('journal', 'many@3'), /I am 3$/m);
    const destroyed = await fleet.says('destroy', ...names, 'many@.service');
    assert.equal(destroyed, [...names, 'many@.service'].map((name) => `Destroyed ${name}\n`).join(''));
  });

  it('runs a global unit everywhere, and has no place to look for it', async () => {
    assert.match(
      await fleet.says('start', 'all.service'),
      /^Unit all\.service \nTriggered global unit all\.service start$/m,
    );
    await fleet.until(3, /^all\.service\t\S+\tactive\trunning$/, 'list-units', '--no-legend');
    assert.match(await fleet.says('list-unit-files'), /^all\.service\t[0-9a-f]{7}\tlaunched\t-\tglobal$/m);
    const status = await fleet.quietly('status', 'all.service');
    const nothing = [1, '', 'Unable to determine status of global unit all.service.\n'];
    const shown = [status.code, status.stdout, status.stderr];
    assert.deepEqual(shown, fleet.version === '1.0' ? [0, '', ''] : nothing);
    assert.equal((await fleet.quietly('journal', 'all.service')).code, 1);
    assert.equal(await fleet.says('stop', 'all.service'), 'Triggered global unit all.service stop\n');
    assert.equal(await fleet.says('unload', 'all.service'), 'Triggered global unit all.service unload\n');
    assert.equal(await fleet.says('destroy', 'all.service'), 'Destroyed all.service\n');
  });

  it('gives up on a unit that no machine takes, when told to', async () => {
    const { code, stderr } = await fleet.quietly('start', '--block-attempts=1', 'nowhere.service');
    assert.equal(code, 1);
    assert.match(stderr, /timed out waiting for unit nowhere\.service to report state launched/);
    await fleet.says('start', '--no-block', 'nowhere.service');
    const files = await fleet.says('list-unit-files', '--no-legend', '--fields=unit,dstate,state,target');
    assert.match(files, /^nowhere\.service\tlaunched\tinactive\t-$/m);
    await fleet.says('destroy', 'nowhere.service');
  });

  it('warns of a file that is not what the cluster has, and in 1.0 replaces it', async () => {
    await fleet.says('submit', 'hello.service');
    fleet.unit('hello.service', service('echo another hello'));
    const warning = /WARNING: Unit hello\.service in registry differs from local unit file hello\.service/;
    assert.match((await fleet.quietly('start', '--no-block', 'hello.service')).stderr, warning);
    assert.match(await fleet.says('cat', 'hello.service'), /hello from a unit/);
    if (fleet.version === '1.0') {
      assert.match(await fleet.says('start', '--replace', 'hello.service'), /^Unit hello\.service launched on/m);
      assert.match(await fleet.says('cat', 'hello.service'), /another hello/);
    }
    fleet.unit('hello.service', service('echo hello from a unit'));
    await fleet.says('destroy', 'hello.service');
  });

  it('says what it does not find', async () => {
    for (const [verb, words] of [
      ['cat', 'Unit nosuch.service not found'],
      ['status', 'Unit nosuch.service does not exist.'],
      ['journal', 'Unit nosuch.service does not exist.'],
      ['start', 'Error creating units: unable to find Unit(nosuch.service) in Registry or on filesystem'],
    ] as const) {
      const { code, stderr } = await fleet.quietly(verb, 'nosuch.service');
      assert.deepEqual([code, stderr], [1, `${words}\n`], verb);
    }
    const { code, stderr } = await fleet.quietly('destroy', 'nosuch.service');
    const missing = [1, 'Error destroying units: googleapi: Error 404: unit does not exist'];
    assert.deepEqual(
      [code, stderr.trim().replace(/,$/, '')],
      fleet.version === '1.0' ? [0, 'Units not found in registry'] : missing,
    );
    const socket = await fleet.quietly('--endpoint=unix:///var/run/nosuch.sock', 'list-machines');
    assert.equal(socket.code, 1);
    assert.match(socket.stderr, /Error retrieving list of active machines.*EOF/);
  });

  it('follows a journal until it is interrupted', async () => {
    await fleet.says('start', 'hello.service');
    const talk = fleet.begin('journal', '--follow', 'hello.service');
    await talk.until(/hello from a unit/);
    talk.child.kill('SIGINT');
    await talk.ended;
  });

  it('runs commands and shells on machines, with the agent if told to', async () => {
    const [machine = ''] = await fleet.machines();
    assert.match(await fleet.says('ssh', machine.slice(0, 8), 'hostname'), /^lab-\d$/m);
    assert.match(await fleet.says('ssh', 'hello.service', 'systemctl', 'is-active', 'hello.service'), /^active$/m);
    assert.match(await fleet.says('ssh', '--machine', machine, 'cat', '/etc/machine-id'), new RegExp(machine));
    assert.equal((await fleet.quietly('ssh', machine, 'exit', '7')).code, 7);
    const shell = await fleet.run(['--strict-host-key-checking=false', 'ssh', machine], 'cat /etc/machine-id\nexit\n');
    assert.match(shell.stdout, new RegExp(machine));
    assert.match(await fleet.says('ssh', '--forward-agent', machine, '--', 'ssh-add', '-l'), /^2048 SHA256:\S+ /m);
    assert.equal((await fleet.quietly('ssh', 'nosuch', 'hostname')).code, 1);
    await fleet.says('destroy', 'hello.service');
  });

  it('reads and writes the registry in etcd by itself', async () => {
    const etcd = ['--driver=etcd', '--endpoint=http://127.0.0.1:2379,http://127.0.0.1:4001'];
    const machines = await fleet.says(...etcd, 'list-machines', '--no-legend');
    assert.equal(linesLike(machines, /^[0-9a-f]{8}\.\.\.\t10\.\S+\t-$/).length, 3);
    assert.match(await fleet.says(...etcd, 'start', 'hello.service'), /^Unit hello\.service launched on/m);
    await fleet.until(1, /^hello\.service\t\S+\tactive\trunning$/, ...etcd, 'list-units', '--no-legend');
    assert.match(await fleet.says('list-unit-files', '--no-legend'), /^hello\.service\t\S+\tlaunched\tlaunched\t/m);
    assert.match(await fleet.says(...etcd, 'stop', 'hello.service'), /^Unit hello\.service loaded on/m);
    assert.equal(await fleet.says(...etcd, 'destroy', 'hello.service'), 'Destroyed hello.service\n');
  });

  it('turns pages, at the near end of a port that ssh forwards', async () => {
    const near = await lab.forward('L', '/var/run/fleet.sock');
    const environment = { ...lab.environment(), FLEETCTL_ENDPOINT: `http://${near}` };
    const directly = (...args: string[]): ReturnType<typeof run> =>
      run('fleetctl', args, { environment, workingDirectory: lab.folder });
    const names = Array.from({ length: 105 }, (_, at) => `many@${at}.service`);
    assert.equal((await directly('submit', ...names)).stdout.match(/^Unit many@\d+\.service inactive$/gm)?.length, 105);
    assert.equal((await directly('list-unit-files', '--no-legend')).stdout.match(/^many@/gm)?.length, 105);
    assert.equal((await directly('destroy', ...names)).code, 0);
    assert.equal((await directly('list-unit-files', '--no-legend')).stdout, '');
  });

  it('says so when there is no agent, and when the agent has no key', async () => {
    const list = ['--strict-host-key-checking=false', 'list-machines'];
    const none = await fleet.run(list, '', { SSH_AUTH_SOCK: '' });
    assert.equal(none.code, 1);
    assert.match(none.stderr, /SSH_AUTH_SOCK environment variable is not set/);

    const empty = await lab.startAgent([], path.join(lab.folder, 'empty.sock'));
    const keyless = await fleet.run(list, '', { SSH_AUTH_SOCK: empty });
    assert.match(keyless.stderr, /unable to authenticate/);
  });

  it('sees units move from a machine that lost power, and nothing more without a majority', async () => {
    await fleet.says('start', 'many@1.service', 'many@2.service', 'hello.service');
    await fleet.power('lab-3', 'power_off');
    await fleet.until(2, /^[0-9a-f]{8}\.\.\.\t10\./, 'list-machines', '--no-legend');
    await fleet.until(2, /^many@\d\.service\t\S+\tactive\trunning$/, 'list-units', '--no-legend');
    const dead = await fleet.quietly('--tunnel', await lab.tunnel('lab-3'), '--ssh-timeout=0.2', 'list-machines');
    assert.match(dead.stderr, /failed initializing SSH client: /);

    await fleet.power('lab-2', 'power_off');
    // A fleetd of 1.0 that has given up ends itself after a minute, and answers nothing until it is back.
    const commands = [['list-machines'], ['list-units'], ['start', 'hello'], ['destroy', 'hello'], ['cat', 'hello']];
    for (const args of commands) {
      const code = await fleet.untilRefused(/Error 503: fleet server unable to communicate with etcd/, ...args);
      assert.equal(code, 1, args.join(' '));
    }
  });
});
