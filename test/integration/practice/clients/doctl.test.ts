import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeFolder } from '../../removeFolder';
import { Nodes } from '../nodes';
import { at, startPractice, temporaryFolder, TOKEN, until, type Practice, type RunResult } from '../support';
import { ONLY_LOOPBACK, programPath, run, skipWithout, skipWithoutPackage, withoutVariables } from './programs';

const TAG = 'deis-cluster:doctl';
const FINGERPRINT = /^[0-9a-f:]{47}$/;

const skip = skipWithout('doctl') || skipWithoutPackage('ssh');

/** DigitalOcean's own command line, unmodified: `doctl --api-url … --access-token …`. Its `--wait` polls every five seconds. */
describe('doctl against the practice cloud', { skip, timeout: 600_000 }, () => {
  const folder = temporaryFolder();
  const programs = path.join(folder, 'programs');
  let practice: Practice;
  let nodes: Nodes;
  before(async () => {
    mkdirSync(path.join(folder, '.config', 'doctl'), { recursive: true });
    mkdirSync(programs);
    writeFileSync(path.join(folder, 'user-data'), '#cloud-config\nhostname: by-doctl\n');
    practice = await startPractice('--speed', '60');
    nodes = new Nodes(practice, folder);
  });
  after(async () => {
    await practice.kill();
    await removeFolder(folder);
  });

  const doctl = async (args: readonly string[], token = TOKEN): Promise<RunResult> =>
    await run('doctl', ['--api-url', practice.api, '--access-token', token, ...args], {
      environment: {
        ...{ ...withoutVariables(/^DIGITALOCEAN_/), ...ONLY_LOOPBACK },
        ...{ HOME: folder, XDG_CONFIG_HOME: path.join(folder, '.config') },
        PATH: `${programs}${path.delimiter}${process.env['PATH'] ?? ''}`,
      },
    });
  const succeed = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await doctl(args);
    assert.equal(code, 0, `doctl ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };
  /** Rows of the columns that are asked for. */
  const table = async (columns: string, ...args: string[]): Promise<string[][]> => {
    const text = await succeed(...args, '--format', columns, '--no-header');
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return lines.map((line) => line.trim().split(/\s{2,}|\t+/));
  };
  /** What `-o json` prints is a list even of one thing, except where there is only ever one. */
  const json = async (...args: string[]): Promise<unknown[]> => {
    const value: unknown = JSON.parse(await succeed(...args, '-o', 'json'));
    if (Array.isArray(value)) return value as unknown[]; // only looked into by `at`
    return value === null ? [] : [value]; // an empty list of Go is null
  };
  const refusal = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await doctl(args);
    assert.equal(code, 1, stdout);
    return stdout + stderr;
  };
  const idsOf = async (): Promise<Map<string, string>> =>
    new Map(
      (await table('Name,ID', 'compute', 'droplet', 'list', '--tag-name', TAG)).map(([name = '', id = '']) => [
        name,
        id,
      ]),
    );

  it('reads the account, its balance and everything that can be had', async () => {
    const [account] = await json('account', 'get');
    const [balance] = await json('balance', 'get');
    const regions = await table('Slug,Available', 'compute', 'region', 'list');
    const sizes = await table('Slug,Memory,PriceMonthly', 'compute', 'size', 'list');
    const images = await table('Slug,Distribution', 'compute', 'image', 'list', '--public');
    const [image] = await json('compute', 'image', 'get', 'coreos-stable');

    assert.deepEqual([at(account, 'status'), at(account, 'droplet_limit')], ['active', 25]);
    assert.equal(at(balance, 'account_balance'), '0.00');
    assert.deepEqual(
      regions.find(([slug]) => slug === 'nyc3'),
      ['nyc3', 'true'],
    );
    assert.deepEqual(
      sizes.find(([slug]) => slug === '512mb'),
      ['512mb', '512', '5.00'],
    );
    assert.ok(images.some(([slug, distribution]) => slug === 'coreos-stable' && distribution === 'CoreOS'));
    assert.deepEqual([at(image, 'slug'), at(image, 'min_disk_size')], ['coreos-stable', 20]);
    assert.ok((await json('projects', 'list')).some((project) => at(project, 'is_default') === true));
    assert.deepEqual(await json('vpcs', 'list'), []);
  });

  it('imports a key once, and finds it by its fingerprint', async () => {
    const file = path.join(folder, 'key.pub');
    const [key] = await json('compute', 'ssh-key', 'import', 'deis', '--public-key-file', file);
    const fingerprint = String(at(key, 'fingerprint'));
    const again = await refusal('compute', 'ssh-key', 'import', 'again', '--public-key-file', file);

    assert.match(fingerprint, FINGERPRINT);
    assert.match(again, /422 \(request "[0-9a-f-]{36}"\) SSH Key is already in use on your account/);
    assert.deepEqual(await table('Name,FingerPrint', 'compute', 'ssh-key', 'list'), [['deis', fingerprint]]);
    await succeed('compute', 'ssh-key', 'update', String(at(key, 'id')), '--key-name', 'renamed');
    await succeed('compute', 'ssh-key', 'update', fingerprint, '--key-name', 'deis');
    const [found] = await json('compute', 'ssh-key', 'get', fingerprint);
    assert.equal(at(found, 'name'), 'deis');
    assert.equal(String(at(found, 'public_key')).trim(), readFileSync(file, 'utf8').trim());
  });

  it('makes a tag and a firewall for it, and changes its rules', async () => {
    await succeed('compute', 'tag', 'create', TAG);
    const rule = (port: string): string => `protocol:tcp,ports:${port},address:0.0.0.0/0`;
    const [firewall] = await json(
      ...['compute', 'firewall', 'create', '--name', 'deis-doctl', '--tag-names', TAG],
      ...['--inbound-rules', `${rule('22')} protocol:tcp,ports:1-65535,tag:${TAG}`, '--outbound-rules', rule('all')],
    );
    const id = String(at(firewall, 'id'));
    await succeed('compute', 'firewall', 'add-rules', id, '--inbound-rules', rule('80'));
    await succeed('compute', 'firewall', 'remove-rules', id, '--inbound-rules', rule('22'));
    const [changed] = await json('compute', 'firewall', 'get', id);
    const ports = at(changed, 'inbound_rules');

    assert.deepEqual(await table('Name', 'compute', 'tag', 'list'), [[TAG]]);
    assert.ok(Array.isArray(ports));
    assert.deepEqual(
      ports.map((one) => at(one, 'ports')),
      ['1-65535', '80'],
    );
    assert.deepEqual(at(changed, 'tags'), [TAG]);
    assert.deepEqual(await table('Name', 'compute', 'firewall', 'list'), [['deis-doctl']]);
  });

  it('creates three droplets and waits until they are active', async () => {
    const [[fingerprint = ''] = []] = await table('FingerPrint', 'compute', 'ssh-key', 'list');
    await succeed(
      ...['compute', 'droplet', 'create', 'deis-1', 'deis-2', 'deis-3', '--wait'],
      ...['--image', 'coreos-stable', '--size', '512mb', '--region', 'nyc3', '--tag-name', TAG],
      ...['--ssh-keys', fingerprint, '--user-data-file', path.join(folder, 'user-data')],
    );
    const columns = 'Name,PublicIPv4,PrivateIPv4,Memory,Region,Image,Status';
    const rows = await table(columns, 'compute', 'droplet', 'list', '--tag-name', TAG);
    const id = (await idsOf()).get('deis-1') ?? '';
    const [droplet] = await json('compute', 'droplet', 'get', id);

    assert.deepEqual(rows.map(([name]) => name).sort(), ['deis-1', 'deis-2', 'deis-3']);
    for (const [, publicAddress = '', privateAddress = '', ...rest] of rows) {
      assert.match(publicAddress, /^\d+\.\d+\.\d+\.\d+$/);
      assert.match(privateAddress, /^10\./);
      assert.deepEqual(rest, ['512', 'nyc3', 'CoreOS 899.17.0 (stable)', 'active']);
    }
    assert.equal(at(droplet, 'name'), 'deis-1');
    assert.ok(at(droplet, 'locked') !== true); // doctl leaves out what is false
    assert.match(
      await refusal('compute', 'droplet', 'get', '1'),
      /404 \(request "[^"]+"\) The resource you were accessing could not be found\./,
    );
    assert.equal((await json('vpcs', 'list')).length, 1);
  });

  it('runs a command on one with `doctl compute ssh`, as core', async () => {
    // The addresses of practice nodes lead to loopback only by a configuration of ssh; doctl runs the first `ssh` on the PATH.
    const settings = [
      'HostName 127.0.0.1',
      'StrictHostKeyChecking no',
      'UserKnownHostsFile /dev/null',
      'LogLevel ERROR',
    ];
    writeFileSync(path.join(folder, 'ssh_config'), `Host *\n${settings.join('\n')}\n`);
    const script = `#!/bin/sh\nexec "${programPath('ssh') ?? ''}" -F "${path.join(folder, 'ssh_config')}" "$@"\n`;
    writeFileSync(path.join(programs, 'ssh'), script, { mode: 0o755 });
    const port = String(await nodes.port('deis-1'));
    const [[firewall = ''] = []] = await table('ID', 'compute', 'firewall', 'list');
    const rule = ['--inbound-rules', 'protocol:tcp,ports:22,address:0.0.0.0/0'];
    await succeed('compute', 'firewall', 'add-rules', firewall, ...rule);
    await until(
      () => practice.call('GET', `/v2/firewalls/${firewall}`),
      ({ json }) => at(json, 'firewall.status') === 'succeeded',
    );
    const ssh = ['compute', 'ssh', 'deis-1', '--ssh-port', port, '--ssh-key-path', nodes.key, '--ssh-command'];

    assert.equal(await succeed(...ssh, 'id -un; hostname'), 'core\nby-doctl\n');
    assert.match(await refusal(...ssh, 'exit 7'), /exit status 7/);
    await succeed('compute', 'firewall', 'remove-rules', firewall, ...rule);
  });

  it('switches one off, on and around, and is refused what makes no sense', async () => {
    const id = (await idsOf()).get('deis-1') ?? '';
    for (const [verb, status] of [
      ['power-off', 'off'],
      ['power-on', 'active'],
      ['reboot', 'active'],
    ] as const) {
      const rows = await table('Status,ResourceID', 'compute', 'droplet-action', verb, id, '--wait');
      assert.deepEqual(rows, [['completed', id]], verb);
      assert.deepEqual(await table('Status', 'compute', 'droplet', 'get', id), [[status]]);
    }
    assert.match(
      await refusal('compute', 'droplet-action', 'power-on', id),
      /422 \(request "[^"]+"\) Droplet is already powered on\./,
    );
    const actions = await table('Type,Status', 'compute', 'droplet', 'actions', id);
    assert.deepEqual(
      actions.map(([type]) => type),
      ['reboot', 'power_on', 'power_off', 'create'],
    );
  });

  it('renames and resizes one in place', async () => {
    const id = (await idsOf()).get('deis-2') ?? '';
    await succeed('compute', 'droplet-action', 'power-off', id, '--wait');
    await succeed('compute', 'droplet-action', 'resize', id, '--size', '1gb', '--wait');
    await succeed('compute', 'droplet-action', 'rename', id, '--droplet-name', 'deis-two', '--wait');
    await succeed('compute', 'droplet-action', 'power-on', id, '--wait');

    assert.deepEqual(await table('Name,Memory,Disk,Status', 'compute', 'droplet', 'get', id), [
      ['deis-two', '1024', '20', 'active'],
    ]);
    assert.match(
      await refusal('compute', 'droplet-action', 'resize', id, '--size', '2gb'),
      /422 \(request "[^"]+"\) Droplet is currently on\. Please power it off to run this event\./,
    );
  });

  it('takes a snapshot of one, makes a droplet from it and deletes both by what they are called', async () => {
    const id = (await idsOf()).get('deis-3') ?? '';
    await succeed('compute', 'droplet-action', 'snapshot', id, '--snapshot-name', 'copy', '--wait');
    const [[snapshot = ''] = []] = await table('ID', 'compute', 'droplet', 'snapshots', id);
    const listed = await table('ID,Name,ResourceType', 'compute', 'snapshot', 'list', '--resource', 'droplet');
    const own = await table('ID,Type', 'compute', 'image', 'list-user');
    const [made] = await json(
      ...['compute', 'droplet', 'create', 'deis-copy', '--image', snapshot, '--size', '512mb', '--region', 'nyc3'],
    );
    const copy = String(at(made, 'id'));
    while ((await doctl(['compute', 'droplet', 'get', copy])).code !== 0) await sleep(50); // 404 for a moment
    const [[action = ''] = []] = await table('ID', 'compute', 'droplet', 'actions', copy);
    const waited = await table('Status,Type', 'compute', 'action', 'wait', action, '--poll-timeout', '1');
    await succeed('compute', 'droplet', 'delete', 'deis-copy', '--force');
    await succeed('compute', 'snapshot', 'delete', snapshot, '--force');

    assert.deepEqual(listed, [[snapshot, 'copy', 'droplet']]);
    assert.deepEqual(own, [[snapshot, 'snapshot']]);
    assert.deepEqual(waited, [['completed', 'create']]);
    assert.match(await refusal('compute', 'snapshot', 'get', snapshot), /404 /);
  });

  it('puts a droplet under a tag and behind a firewall, and takes it away from both', async () => {
    const id = (await idsOf()).get('deis-3') ?? '';
    const [[firewall = ''] = []] = await table('ID', 'compute', 'firewall', 'list');
    const covering = async () => await table('Name', 'compute', 'firewall', 'list-by-droplet', id);
    await succeed('compute', 'tag', 'create', 'apart');
    await succeed('compute', 'tag', 'apply', 'apart', `--resource=do:droplet:${id}`);
    await succeed('compute', 'droplet', 'untag', id, '--tag-name', TAG);
    const tagged = await table('ID', 'compute', 'droplet', 'list', '--tag-name', 'apart');
    const open = await covering();
    await succeed('compute', 'firewall', 'add-droplets', firewall, '--droplet-ids', id);
    const walled = await covering();
    await succeed('compute', 'firewall', 'remove-droplets', firewall, '--droplet-ids', id);
    await succeed('compute', 'firewall', 'add-tags', firewall, '--tag-names', 'apart');
    const byTag = await covering();
    await succeed('compute', 'firewall', 'remove-tags', firewall, '--tag-names', 'apart');
    await succeed('compute', 'tag', 'remove', 'apart', `--resource=do:droplet:${id}`);
    await succeed('compute', 'tag', 'delete', 'apart', '--force');
    await succeed('compute', 'droplet', 'tag', id, '--tag-name', TAG);

    assert.deepEqual([tagged, open, walled, byTag], [[[id]], [], [['deis-doctl']], [['deis-doctl']]]);
  });

  it('makes a private network and a project, puts a droplet into it and takes both away', async () => {
    const [vpc] = await json('vpcs', 'create', '--name', 'by-doctl', '--region', 'fra1', '--ip-range', '10.20.0.0/20');
    const [second] = await json('vpcs', 'create', '--name', 'second', '--region', 'fra1', '--ip-range', '10.21.0.0/20');
    const project = ['projects', 'create', '--name', 'deis', '--purpose', 'Service or API', '--environment', 'Staging'];
    const [made] = await json(...project);
    const [id, urn] = [String(at(made, 'id')), `do:droplet:${(await idsOf()).get('deis-1') ?? ''}`];
    await succeed('projects', 'resources', 'assign', id, `--resource=${urn}`);
    const inside = await table('URN', 'projects', 'resources', 'list', id);
    const [standard] = (await json('projects', 'list')).filter((one) => at(one, 'is_default') === true);
    await succeed('projects', 'resources', 'assign', String(at(standard, 'id')), `--resource=${urn}`);
    await succeed('projects', 'delete', id, '--force');
    await succeed('vpcs', 'delete', String(at(second, 'id')), '--force');

    assert.deepEqual([at(vpc, 'ip_range'), at(vpc, 'default'), inside], ['10.20.0.0/20', true, [[urn]]]);
    assert.match(
      await refusal('vpcs', 'delete', String(at(vpc, 'id')), '--force'),
      /403 .*Can not delete default VPCs/,
    );
  });

  it('keeps a domain with the records of the guide', async () => {
    await succeed('compute', 'domain', 'create', 'example.com', '--ip-address', '203.0.113.1');
    const records = ['compute', 'domain', 'records'];
    const type = (name: string): string[] => ['--record-type', name];
    await succeed(...records, 'create', 'example.com', ...type('CNAME'), '--record-name', '*', '--record-data', '@');
    const [made] = await json(
      ...[...records, 'create', 'example.com', ...type('A'), '--record-name', 'deis-1', '--record-data', '203.0.113.2'],
    );
    const id = String(at(made, 'id'));
    await succeed(...records, 'update', 'example.com', '--record-id', id, '--record-data', '203.0.113.3');
    const rows = await table('Type,Name,Data', ...records, 'list', 'example.com');
    await succeed(...records, 'delete', 'example.com', id, '--force');

    assert.deepEqual(
      rows.filter(([kind]) => kind === 'A' || kind === 'CNAME'),
      [
        ['A', '@', '203.0.113.1'],
        ['CNAME', '*', '@'],
        ['A', 'deis-1', '203.0.113.3'],
      ],
    );
    assert.deepEqual(await table('Domain', 'compute', 'domain', 'list'), [['example.com']]);
    await succeed('compute', 'domain', 'delete', 'example.com', '--force');
  });

  it('tags one more, deletes it by its id and the others by their tag', async () => {
    const id = (await idsOf()).get('deis-1') ?? '';
    await succeed('compute', 'tag', 'create', 'other');
    await succeed('compute', 'droplet', 'tag', id, '--tag-name', 'other');
    const tagged = await table('ID', 'compute', 'droplet', 'list', '--tag-name', 'other');
    await succeed('compute', 'droplet', 'delete', id, '--force');
    await succeed('compute', 'droplet', 'delete', '--tag-name', TAG, '--force');
    while ((await table('ID', 'compute', 'droplet', 'list')).length > 0) await sleep(100);
    const [[firewall = ''] = []] = await table('ID', 'compute', 'firewall', 'list');
    await succeed('compute', 'firewall', 'delete', firewall, '--force');
    await succeed('compute', 'tag', 'delete', TAG, '--force');
    const [[fingerprint = ''] = []] = await table('FingerPrint', 'compute', 'ssh-key', 'list');
    await succeed('compute', 'ssh-key', 'delete', fingerprint, '--force');

    assert.deepEqual(tagged, [[id]]);
    assert.deepEqual(await table('ID', 'compute', 'ssh-key', 'list'), []);
    assert.deepEqual(await table('Name', 'compute', 'tag', 'list'), [['other']]);
  });

  it('says that a wrong token is none', async () => {
    const { code, stdout, stderr } = await doctl(['account', 'get'], 'wrong');

    assert.equal(code, 1);
    assert.match(stdout + stderr, /401 \(request "[^"]+"\) Unable to authenticate you/);
  });
});
