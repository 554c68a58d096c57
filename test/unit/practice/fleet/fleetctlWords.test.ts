import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { at, runningFleet } from '../support/fakeCluster';
import type { FakeHost } from '../support/fakeHost';
import { disposeKernels } from '../support/fakeKernel';
import { run } from '../support/runProgram';

const WEB = '[Service]\nExecStart=/bin/sleep infinity\n';
const ETCD_PORT = 'http://127.0.0.1:2379';

async function node(fleetVersion: '1.0' | '0.11' = '1.0'): Promise<FakeHost> {
  const host = at(await runningFleet({ fleetVersion }), 1);
  await host.files.writeFile('/home/core/web.service', WEB);
  await host.files.writeFile('/home/core/many@.service', WEB);
  await host.files.writeFile('/home/core/nofit.service', `${WEB}\n[X-Fleet]\nMachineMetadata=disk=none\n`);
  return host;
}

/** Its exit code and what it says on its error stream. */
async function complaint(host: FakeHost, command: string): Promise<[number, string]> {
  const { exitCode, stderr } = await run(host, command);
  return [exitCode, stderr];
}

describe('the command line of fleetctl', () => {
  afterEach(disposeKernels);

  it('knows no options of one letter in 1.0, shows the usage, and calls it a success', async () => {
    const host = await node();
    const follow = await run(host, 'fleetctl journal -f web.service');
    const problem = "unknown shorthand flag: 'f' in -f";
    assert.deepEqual(
      [follow.exitCode, follow.stderr],
      [0, `Error: ${problem}\n\ncannot execute cmdFleet: ${problem}\n`],
    );
    assert.match(follow.stdout, /^NAME:\n\tjournal - Print the journal.*\n\nUSAGE:\n\tfleetctl journal \[--lines=N\]/);
    assert.match(follow.stdout, / {6}--lines int +\S.* \(default 10\)\n[^]*\nGLOBAL OPTIONS:\n {6}--ca-file string/);

    assert.match((await complaint(host, 'fleetctl ssh abc ls -l'))[1], /^Error: unknown shorthand flag: 'l' in -l\n/);
    assert.match((await complaint(host, 'fleetctl list-units --lines=3'))[1], /^Error: unknown flag: --lines\n/);
    assert.match(
      (await complaint(host, 'fleetctl list-units --fields'))[1],
      /^Error: flag needs an argument: --fields\n/,
    );
    assert.equal(
      (await run(host, 'fleetctl list-machines --l --no-legend')).stdout.split('\n')[0]?.split('\t')[0]?.length,
      32,
    );
  });

  it('takes a verb cut short in 1.0, as long as it is clear', async () => {
    const host = await node();
    assert.match((await run(host, 'fleetctl list-m')).stdout, /^MACHINE\t/);
    const [, words] = await complaint(host, 'fleetctl list');
    const choice = '\n\nDid you mean this?\n\tlist-machines\n\tlist-unit-files\n\tlist-units\n';
    assert.ok(words.startsWith(`Error: unknown command "list" for "fleetctl"${choice}\nRun 'fleetctl --help'`), words);
    assert.match((await complaint(host, 'fleetctl strat web'))[1], /Did you mean this\?\n\tstart\n/);
    assert.match((await complaint(await node('0.11'), 'fleetctl list-m'))[1], /unknown subcommand: "list-m"/);
  });

  it('helps with a verb, and not with what is none', async () => {
    const host = await node();
    assert.match(
      (await run(host, 'fleetctl help stop')).stdout,
      /^NAME:\n\tstop - .*\n\nUSAGE:\n\tfleetctl stop \[--no-block/,
    );
    assert.equal((await run(host, 'fleetctl stop --help')).stdout, (await run(host, 'fleetctl help stop')).stdout);
    assert.deepEqual(await complaint(host, 'fleetctl help nosuch'), [0, 'Unknown help topic [`nosuch`].']);
    const old = await node('0.11');
    assert.deepEqual(await complaint(old, 'fleetctl stop --help'), [2, 'flag: help requested\n']);
    assert.equal((await run(old, 'fleetctl help nosuch')).stdout, 'Unrecognized command: nosuch\n');
    assert.equal((await run(old, 'fleetctl start --sign web.service')).exitCode, 2);
  });

  it('wants options before the units in 0.11, and global ones before the verb', async () => {
    const host = await node('0.11');
    assert.deepEqual(await complaint(host, 'fleetctl list-units --tunnel x'), [
      2,
      'flag provided but not defined: -tunnel\n',
    ]);
    assert.match(
      (await complaint(host, 'fleetctl start web.service --no-block'))[1],
      /unable to find Unit\(--no-block\.service\)/,
    );
    assert.match((await run(host, 'fleetctl list-machines -l -no-legend')).stdout, /^[0-9a-f]{32}\t/);
    assert.equal(
      (await run(host, 'fleetctl help start')).stdout.split('\n')[4],
      '\tfleetctl start [--no-block|--block-attempts=N] UNIT...',
    );
    assert.deepEqual(await complaint(host, 'fleetctl start --replace web.service'), [
      2,
      'flag provided but not defined: -replace\n',
    ]);
  });

  it('goes to etcd by its port in 0.11 only', async () => {
    const old = await node('0.11');
    assert.match((await run(old, `fleetctl --endpoint=${ETCD_PORT} list-machines`)).stdout, /^MACHINE\t/);
    assert.match((await run(old, 'fleetctl --experimental-api=false list-machines')).stdout, /^MACHINE\t/);
    const host = await node();
    const [code, words] = await complaint(host, `fleetctl --endpoint=${ETCD_PORT} list-units`);
    assert.equal(code, 1);
    assert.match(words, /googleapi: got HTTP response code 404 with body: 404 page not found\n/);
  });

  it('refuses endpoints and drivers that it cannot use', async () => {
    const host = await node();
    for (const [options, problem] of [
      ['--driver=bogus', 'unrecognized driver "bogus"'],
      ['--endpoint=fleet.sock', 'URL scheme undefined'],
      ['--endpoint=unix://var/run/fleet.sock', 'unable to connect to host "var" with scheme "unix"'],
      ['--endpoint=127.0.0.1:80', 'parse "127.0.0.1:80": first path segment in URL cannot contain colon'],
    ]) {
      const expected = [1, `Unable to initialize client: ${problem}\n`];
      assert.deepEqual(await complaint(host, `fleetctl ${options} list-units`), expected);
    }
  });
});

describe('the words of fleetctl', () => {
  afterEach(disposeKernels);

  it('count an attempt as two seconds in 1.0, as half of one in 0.11', async () => {
    for (const [version, least, most] of [
      ['1.0', 20_000, 21_000],
      ['0.11', 5_000, 6_000],
    ] as const) {
      const host = await node(version);
      await run(host, 'fleetctl submit nofit.service');
      const { exitCode, stderr, ms } = await run(host, 'fleetctl start --block-attempts=10 nofit.service');
      assert.equal(exitCode, 1);
      assert.match(
        stderr,
        /^Error waiting for units: timed out waiting for unit nofit\.service to report state launched\n/,
      );
      assert.equal(stderr.includes('exit status: timed out'), version === '1.0');
      assert.ok(ms >= least && ms <= most, `${version}: ${ms}`);
    }
  });

  it('leave patterns to the shell', async () => {
    const host = await node();
    await run(host, 'fleetctl start many@1.service many@2.service');
    assert.deepEqual(await complaint(host, "fleetctl destroy 'many@*'"), [0, 'Units not found in registry\n']);
    assert.equal(
      (await run(host, 'fleetctl destroy many@2 many@1')).stdout,
      'Destroyed many@2.service\nDestroyed many@1.service\n',
    );
  });

  it('say where a template is missing, and that it differs', async () => {
    const host = await node();
    const missing =
      'failed getting Unit(none@1.service) from template: unable to find template Unit(none@.service) in Registry or on filesystem';
    assert.deepEqual(await complaint(host, 'fleetctl submit none@1'), [1, `Error creating units: ${missing}\n`]);
    await run(host, 'fleetctl submit many@.service');
    await host.files.writeFile('/home/core/many@.service', '[Service]\nExecStart=/bin/true\n');
    assert.match(
      (await complaint(host, 'fleetctl submit many@1'))[1],
      /many@\.service in registry differs from local template unit file/,
    );
    assert.match((await run(host, 'fleetctl cat many@1')).stdout, /sleep infinity/);
  });

  it('name what fleet would not take before they ask it', async () => {
    const host = await node();
    await host.files.writeFile('/home/core/a b.service', WEB);
    await host.files.writeFile('/home/core/both.service', `${WEB}[X-Fleet]\nGlobal=true\nMachineID=x\n`);
    assert.deepEqual(await complaint(host, "fleetctl submit 'a b.service'"), [
      1,
      "Error creating units: invalid character ' ' in unit name\n",
    ]);
    assert.deepEqual(await complaint(host, 'fleetctl submit both.service'), [
      1,
      'Error creating units: MachineID cannot be used with Global\n',
    ]);
  });

  it('tell that there is nothing to replace, or nothing to replace it with', async () => {
    const host = await node();
    await run(host, 'fleetctl submit web.service');
    assert.equal(
      (await run(host, 'fleetctl submit --replace web.service')).stdout,
      'Found same Unit(web.service) in Registry, nothing to do\n',
    );
    // What the template on disk has become is not what is sent: the one in the cluster is, and that changes nothing.
    await run(host, 'fleetctl submit many@.service many@1.service');
    await host.files.writeFile('/home/core/many@.service', '[Service]\nExecStart=/bin/true\n');
    const same = 'googleapi: Error 409: must provide DesiredState to update existing unit';
    assert.equal(
      (await complaint(host, 'fleetctl submit --replace many@1'))[1],
      `Error creating units: failed creating unit many@1.service: ${same}\n`,
    );
    await host.files.rm('/home/core/web.service');
    const [, words] = await complaint(host, 'fleetctl submit --replace web.service');
    assert.equal(words, 'Error creating units: error Unit web.service does not seem to be a template unit\n');
  });

  it('tell of units that are not where they would have to be', async () => {
    const host = await node();
    await run(host, 'fleetctl submit web.service');
    assert.deepEqual(await complaint(host, 'fleetctl status web.service'), [
      1,
      'Unit web.service does not appear to be loaded.\n',
    ]);
    assert.deepEqual(await complaint(host, 'fleetctl journal web.service'), [
      1,
      'Unit web.service does not appear to be running.\n',
    ]);
    assert.deepEqual(await complaint(host, 'fleetctl stop web.service'), [
      1,
      'Unable to stop unit web.service in state inactive\n',
    ]);
    assert.deepEqual(await complaint(host, 'fleetctl start'), [0, 'No units given\n']);
    assert.deepEqual(await complaint(host, 'fleetctl list-unit-files --fields='), [1, 'Must define output format\n']);
    const old = await run(host, 'fleetctl list-unit-files --fields=unit,tmachine');
    assert.equal(old.stderr, 'WARNING: The "tmachine" field is deprecated. Use "target" instead\n');
    assert.match(old.stdout, /^UNIT\t+TMACHINE\n/);
  });

  it('name no machine for ssh where there is none, or more than one', async () => {
    const host = await node();
    await run(host, 'fleetctl submit web.service');
    for (const [words, problem] of [
      ['', 'Unable to proceed: one machine or unit must be provided'],
      ['nosuch', 'Unable to proceed: could not find matching unit or machine'],
      ['--machine= true', 'Unable to proceed: found more than one machine'],
      ['--machine=nosuch true', 'Unable to proceed: machine does not exist'],
      ['--unit=nosuch true', 'Unable to proceed: unit does not exist'],
      ['--unit=web true', 'Could not determine address of machine.'],
      ['--unit=web --machine=x', 'Both machine and unit flags provided, please specify only one.'],
    ]) {
      assert.deepEqual(await complaint(host, `fleetctl ssh ${words}`), [1, `${problem}\n`], words);
    }
  });

  it('restart in 1.0 by asking for two states and waiting twice for the second', async () => {
    const host = await node();
    await run(host, 'fleetctl load web.service');
    const loaded = await run(host, 'fleetctl restart web.service');
    assert.match(loaded.stderr, /^\S+ \S+ INFO restart\.go:82: Unit\(web\.service\) already loaded, starting\.\n$/);
    assert.match(loaded.stdout, /^Unit web\.service launched on \S+\n$/);
    assert.deepEqual(await complaint(host, 'fleetctl restart'), [0, 'No units given\n']);
    assert.match(
      (await complaint(await node('0.11'), 'fleetctl restart web.service'))[1],
      /unknown subcommand: "restart"/,
    );
  });
});
