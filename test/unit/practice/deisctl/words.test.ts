import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { at, etcdOf, runningFleet } from '../support/fakeCluster';
import type { FakeHost } from '../support/fakeHost';
import { disposeKernels } from '../support/fakeKernel';
import { installDeisctl, run, startProgram } from '../support/runProgram';

const LIST = 'UNIT\tMACHINE\tLOAD\tACTIVE\tSUB\n';
const PLAIN_USAGE = 'Usage: deisctl [options] <command> [<args>...]\n';
const NO_COMMAND = 'Found no matching command, try "deisctl help"\nUsage: deisctl <command> [<args>...] [options]\n';

async function nodeWithDeisctl(): Promise<FakeHost> {
  const node = at(await runningFleet(), 1);
  await installDeisctl(node);
  return node;
}

/** Each command line with what it prints and its exit code. */
async function prints(node: FakeHost, table: readonly (readonly [string, string, number])[]): Promise<void> {
  for (const [line, stdout, code] of table) {
    const outcome = await run(node, `deisctl ${line}`);
    assert.deepEqual([outcome.stdout, outcome.exitCode], [stdout, code], line);
  }
}

/** Each command line with its complaint: none of them ends in a failure. */
async function complains(node: FakeHost, table: readonly (readonly [string, string])[]): Promise<void> {
  for (const [line, stderr] of table) {
    const outcome = await run(node, `deisctl ${line}`);
    assert.deepEqual([outcome.stdout.trim(), outcome.stderr, outcome.exitCode], ['', stderr, 0], line);
  }
}

describe('deisctl reads its words as Deis’ own does', () => {
  afterEach(disposeKernels);

  it('loses its own options after the command, and lets the command fall over those before it', async () => {
    await prints(await nodeWithDeisctl(), [
      ['list --tunnel=127.0.0.1:1 --strict-host-key-checking=true', LIST, 0],
      ['--endpoint=http://127.0.0.1:2379 list', LIST, 0],
      ['--endpoint http://127.0.0.1:2379 list', 'Usage:\n  deisctl list\n', 1],
      ['--tunnel', `--tunnel requires argument\n${PLAIN_USAGE}--tunnel requires argument\n`, 1],
      [
        'install platform --router-mesh-size',
        '--router-mesh-size requires argument\nUsage:\n  deisctl install [<target>...] [options]\n',
        1,
      ],
      [
        'upgrade-prep --stateless=1',
        '--stateless must not have an argument\nUsage:\n  deisctl upgrade-prep [--stateless]\n',
        1,
      ],
    ]);
  });

  it('helps with commands only', async () => {
    const node = await nodeWithDeisctl();
    await prints(node, [
      ['help frobnicate', NO_COMMAND, 1],
      ['help --help', PLAIN_USAGE, 0],
    ]);
    const { stdout } = await run(node, 'deisctl --help list');
    assert.equal(stdout, 'Prints a list of installed units.\n\nUsage:\n  deisctl list\n');
    assert.match((await run(node, 'deisctl help ssh')).stdout, /\n {2}deisctl ssh <target> \[<command>\.\.\.\]\n\n$/);
  });

  it('refuses what is no address of etcd, and what is no file', async () => {
    await prints(await nodeWithDeisctl(), [
      ['--endpoint=ftp://x list', 'Error: unable to use endpoint scheme ftp, http/https only\n', 1],
      ['--endpoint=http://x:1/y list', 'Error: unable to use endpoint with non-root path: http://x:1/y\n', 1],
      [
        '--endpoint=127.0.0.1:4001 list',
        'Error: parse "127.0.0.1:4001": first path segment in URL cannot contain colon\n',
        1,
      ],
      ['--etcd-cafile=/no/file list', 'Error: open /no/file: no such file or directory\n', 1],
      ['config platform set sshPrivateKey=no/file', 'Error: open no/file: no such file or directory\n', 1],
      ['config platform set sshPrivateKey=/var/lib/deis/units', 'Error: read /var/lib/deis/units: is a directory\n', 1],
      ['config controller set sslKey=no/file', 'no/file\n', 0],
      ['refresh-units -t v1.99.0', 'Error: 404 Not Found\n', 1],
    ]);
  });

  it('says what it asked of an etcd that nobody reaches', async () => {
    const node = await nodeWithDeisctl();
    const asked = 'Get "http://127.0.0.1:9/v2/keys/deis/platform/domain?quorum=false&recursive=false&sorted=true"';
    const why = `failed to propose on members [http://127.0.0.1:9] twice [last error: ${asked}: dial tcp 127.0.0.1:9: connect: connection refused]`;
    await prints(node, [
      [
        '--endpoint=http://127.0.0.1:9 config platform get domain',
        `Error: 501: All the given peers are not reachable (${why}) [0]\n`,
        1,
      ],
    ]);
    const stopped = await run(node, 'deisctl --endpoint=http://127.0.0.1:9 --request-timeout=1 stop builder');
    assert.match(stopped.stderr, /result for \{Set \/_coreos\.com\/fleet\/job\/deis-builder\.service\/target-state\}/);
    assert.match(stopped.stderr, /\ntimeout reached\n$/);
  });

  it('reads another registry than fleet’s when it is told to', async () => {
    const node = await nodeWithDeisctl();
    await run(node, 'deisctl install router@1');
    await prints(node, [['--etcd-key-prefix=/elsewhere/ list', LIST, 0]]);
  });

  it('leaves the words after ssh and dock alone', async () => {
    await prints(await nodeWithDeisctl(), [
      ['ssh --bogus ls', 'Error: could not find unit: --bogus\n', 1],
      ['dock nosuch ls --help -l', 'Error: could not find unit: nosuch\n', 1],
    ]);
  });

  it('takes targets apart by one pattern, and for installing only without “deis-”', async () => {
    await complains(await nodeWithDeisctl(), [
      ['start Router@1', 'Could not parse target: deis-Router@1'],
      ['stop router@x', 'Could not parse target: deis-router@x\n'],
      ['install router@x', 'Error creating: Could not parse target: router@x\n'],
      ['install deis-router@1', 'Error creating: Could not find unit template for deis-router\n'],
      [
        'scale deis-router=1',
        'Error creating: Could not find unit template for deis-router\nCould not find unit: deis-router@1.service\n',
      ],
    ]);
  });

  it('finds a component and its number anywhere in a word of scale', async () => {
    const node = await nodeWithDeisctl();
    await prints(node, [['scale Router=2', 'Error: cannot scale outer component\n', 1]]);
    const { stdout } = await run(node, "deisctl scale 'my router=1'");
    assert.match(stdout, /deis-router@1\.service:.{4} loaded\n/);
  });

  it('knows the schedulers that its help does not name, for which there are no unit files', async () => {
    const node = await nodeWithDeisctl();
    for (const [line, stdout, stderr] of [
      [
        'install swarm',
        /Installing Swarm\.\.\.[^]*to start swarm\.\n$/,
        'Error creating: Could not find unit template for swarm-node\n',
      ],
      [
        'stop swarm',
        /Stopping Swarm\.\.\.[^]*Done\.\n \n$/,
        'Could not find unit: deis-swarm-manager.service\nCould not find unit: deis-swarm-node.service\n',
      ],
      [
        'uninstall mesos',
        /Uninstalling Mesos\.\.\.[^]*Marathon Framework\.\.\.\n[^]*Zookeeper\.\.\.\n[^]*Done\.\n$/,
        '',
      ],
    ] as const) {
      const outcome = await run(node, `deisctl ${line}`);
      assert.match(outcome.stdout, stdout);
      assert.equal(outcome.stderr.split('\n').sort().join('\n').trim(), stderr.trim(), line);
    }
  });
});

describe('deisctl says as little as Deis’ own of what goes wrong', () => {
  afterEach(disposeKernels);

  it('looks for the machine of a unit that no machine has', async () => {
    const cluster = await runningFleet();
    const node = at(cluster, 1);
    await installDeisctl(node);
    await run(node, 'deisctl scale router=5');
    const six = startProgram(node, 'deisctl scale router=6');
    await cluster.kernel.timeline.sleep(5_000);
    six.cancel();

    const status = await run(node, 'deisctl status router@6');
    assert.deepEqual([status.stdout, status.stderr], ['\n', 'Error getting machine IP: <nil>\n']);
    const ssh = await run(node, 'deisctl ssh router@6');
    assert.equal(ssh.exitCode, 2);
    assert.match(ssh.stderr, /^panic: runtime error: invalid memory address or nil pointer dereference\n/);
    const star = await run(node, 'deisctl start router@*');
    assert.equal(star.stderr, 'Could not find unit: deis-router@6.service\n');
  });

  it('counts units and takes them for numbered without gaps', async () => {
    const node = await nodeWithDeisctl();
    await run(node, 'deisctl scale router=3');
    await run(node, 'deisctl uninstall router@1');

    const { stdout } = await run(node, 'deisctl scale router=1');
    assert.match(stdout, /deis-router@2\.service:.{4} destroyed\n$/);
    assert.doesNotMatch(stdout, /router@3/);
  });

  it('stops at placement options that are no truth value', async () => {
    const node = await nodeWithDeisctl();
    await run(node, 'deisctl config platform set enablePlacementOptions=yes');
    await complains(node, [['install router@1', 'Error creating: strconv.ParseBool: parsing "yes": invalid syntax\n']]);
  });

  it('creates nothing of a file that is no unit file', async () => {
    const node = await nodeWithDeisctl();
    await node.files.mkdir('/home/core/.deis/units', { recursive: true });
    await node.files.writeFile('/home/core/.deis/units/deis-router.service', '[Unit]\nno value\n');
    await complains(node, [
      ['install router@1', 'Error creating: unexpected newline encountered while parsing option name\n'],
    ]);
  });

  it('says in red which unit failed', async () => {
    const node = await nodeWithDeisctl();
    await node.files.mkdir('/home/core/.deis/units', { recursive: true });
    await node.files.writeFile('/home/core/.deis/units/deis-router.service', '[Service]\nExecStart=/bin/false\n');
    await run(node, 'deisctl install router@1');
    const key = '/_coreos.com/fleet/states/deis-router@1.service';
    const { client } = etcdOf(node);
    const state = client.peek(key)?.nodes?.[0];
    await client.set(state?.key ?? '', { value: (state?.value ?? '').replace('"dead"', '"failed"') });

    const { stderr, exitCode } = await run(node, 'deisctl start router@1');
    assert.equal(stderr, "\u001b[0;31mThe service 'deis-router@1' failed while starting.\u001b[0m\n");
    assert.equal(exitCode, 0);
  });

  it('waits without a word for a unit to go that etcd did not delete', async () => {
    const cluster = await runningFleet();
    const node = at(cluster, 2);
    await installDeisctl(node);
    await run(node, 'deisctl install controller');
    [1, 3, 5].forEach((number) => at(cluster, number).cutPower());
    await cluster.kernel.timeline.sleep(60_000);

    const uninstall = startProgram(node, 'deisctl uninstall controller');
    await cluster.kernel.timeline.sleep(60_000);
    assert.equal(uninstall.stdout(), '');
    assert.doesNotMatch(uninstall.stderr(), /timeout reached/);
    uninstall.cancel();
  });

  it('gives an application without anything published half an hour as well', async () => {
    const node = await nodeWithDeisctl();
    await run(node, 'etcdctl mkdir /deis/services/app');
    assert.equal((await run(node, 'deisctl upgrade-takeover')).exitCode, 0);
    const { dir, ttl } = etcdOf(node).client.peek('/deis/services/app') ?? {};
    assert.deepEqual([dir, (ttl ?? 0) > 1_000], [true, true]);
  });

  it('warns of a control plane without state', async () => {
    const node = await nodeWithDeisctl();
    await run(node, 'deisctl config platform set domain=example.com');
    const { stdout } = await run(node, 'deisctl install stateless-platform');
    assert.match(stdout, /\nWarning: With a stateless control plane, some components require manual configuration\.\n/);
    assert.match(stdout, /\nPlease run `deisctl start stateless-platform` to boot up Deis\.\n$/);
    assert.doesNotMatch(stdout, /store|database|logger\./);
  });
});
