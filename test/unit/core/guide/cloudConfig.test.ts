import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import { parse } from 'yaml';
import { renderCloudConfig, type CloudConfigInput } from '../../../../src/core/guide/cloudConfig';
import { renderStaticMembers } from '../../../../src/core/guide/staticMembers';
import { renderUnit, swapFile, swapUnitOptions } from '../../../../src/core/guide/swapUnit';
import { code } from '../fakes/harness';

const STATIC: CloudConfigInput = {
  swapSizeMb: 4096,
  bootstrapHostKey: {
    privateFile: '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
    publicLine: 'ssh-ed25519 AAAA',
  },
  installerUrl: 'http://deis.io/deisctl/install.sh',
  release: '1.13.4',
};

const INPUT = { ...STATIC, discoveryUrl: 'https://discovery.etcd.io/3e86b59982e49066c5d813af1c2e2579' };

const unit = v.object({
  name: v.string(),
  command: v.optional(v.string()),
  mask: v.optional(v.boolean()),
  content: v.optional(v.string(), ''),
  'drop-ins': v.optional(v.array(v.object({ name: v.string(), content: v.string() })), []),
});
const schema = v.object({
  coreos: v.object({
    etcd2: v.record(v.string(), v.string()),
    fleet: v.record(v.string(), v.string()),
    update: v.object({ 'reboot-strategy': v.string() }),
    units: v.array(unit),
  }),
  write_files: v.array(v.object({ path: v.string(), permissions: v.string(), owner: v.string(), content: v.string() })),
});
type Config = v.InferOutput<typeof schema>;

/** As coreos-cloudinit reads it: YAML 1.1, in which a bare `off` or `0644` would be something else. */
const read = (input: CloudConfigInput): Config => v.parse(schema, parse(renderCloudConfig(input), { version: '1.1' }));
const unitNamed = (config: Config, name: string): v.InferOutput<typeof unit> => {
  const found = config.coreos.units.find((candidate) => candidate.name === name);
  assert.ok(found !== undefined, name);
  return found;
};
const textOf = (config: Config, name: string): string =>
  [unitNamed(config, name).content, ...unitNamed(config, name)['drop-ins'].map(({ content }) => content)].join('\n');

describe('the cloud-config', () => {
  const text = renderCloudConfig(INPUT);
  const config = read(INPUT);

  it('begins with the line that makes it one, and fits into user data', () => {
    assert.ok(text.startsWith('#cloud-config\n'));
    assert.ok(Buffer.byteLength(text) < 16 * 1024);
  });

  it('has etcd find its members by the discovery URL, and listen where Deis looks for it', () => {
    const { etcd2 } = config.coreos;

    assert.equal(etcd2['discovery'], INPUT.discoveryUrl);
    assert.match(etcd2['listen-client-urls'] ?? '', /:2379,http:\/\/0\.0\.0\.0:4001$/);
    assert.equal(etcd2['initial-advertise-peer-urls'], 'http://$private_ipv4:2380');
    assert.equal(config.coreos.fleet['public-ip'], '$private_ipv4');
  });

  it('holds etcd and fleet back until the members are written, when they are static', () => {
    const fixed = read(STATIC);

    assert.equal(fixed.coreos.etcd2['discovery'], undefined);
    for (const name of ['etcd2.service', 'fleet.service']) {
      assert.match(
        textOf(fixed, name),
        /ConditionPathExists=\/etc\/systemd\/system\/etcd2\.service\.d\/40-members\.conf/,
      );
      assert.equal(textOf(config, name), '');
    }
  });

  it('starts nothing before the host key and the swap', () => {
    assert.deepEqual(
      config.coreos.units.slice(0, 2).map(({ name, command }) => [name, command]),
      [
        ['bootstrap-host-key.service', 'start'],
        ['swap-at-boot.service', 'start'],
      ],
    );
    assert.match(textOf(config, 'swap-at-boot.service'), /Before=docker\.service/);
  });

  it('has no unit for swap where none is wanted', () => {
    assert.doesNotMatch(renderCloudConfig({ ...INPUT, swapSizeMb: 0 }), /swapon|mkswap/);
  });

  it('puts the host key in place only until the node has its own', () => {
    assert.match(textOf(config, 'bootstrap-host-key.service'), /ConditionPathExists=!\/etc\/ssh\/deis-own-host-keys/);
    const file = config.write_files.find(({ path }) => path.endsWith('/ssh_host_ed25519_key'));
    assert.deepEqual([file?.permissions, file?.content], ['0600', INPUT.bootstrapHostKey.privateFile]);
  });

  it('has everything that the units of Deis look for on a node', () => {
    const files = new Map(config.write_files.map((file) => [file.path, file]));

    assert.equal(files.get('/etc/deis-release')?.content, 'DEIS_RELEASE=v1.13.4\n');
    assert.equal(files.get('/run/deis/bin/get_image')?.permissions, '0755');
    assert.ok(files.has('/run/deis/bin/preseed') && files.has('/etc/environment_proxy'));
    assert.match(textOf(config, 'docker.service'), /--insecure-registry 10\.0\.0\.0\/8/);
    assert.match(textOf(config, 'flanneld.service'), /"Network":"10\.244\.0\.0\/16"/);
    assert.match(textOf(config, 'install-deisctl.service'), /install\.sh \| sh -s 1\.13\.4/);
    assert.equal(config.coreos.update['reboot-strategy'], 'off');
    assert.equal(unitNamed(config, 'etcd.service').mask, true);
  });

  it('offers docker to nobody over TCP, and lets no power-off take a node out of etcd', () => {
    assert.doesNotMatch(text, /docker-tcp|2375|graceful/);
  });

  it('keeps a word that cloud-init would replace, where it is not meant for it', () => {
    const strange = renderCloudConfig({
      ...STATIC,
      bootstrapHostKey: { ...INPUT.bootstrapHostKey, publicLine: 'a $private_ipv4 b' },
    });

    assert.match(strange, /a \\\\?\$private_ipv4 b/);
    assert.match(strange, /http:\/\/\$private_ipv4:2379/);
  });

  it('refuses an installer address or a release that would be more than text to a shell', () => {
    for (const change of [
      { installerUrl: "http://x/'; reboot; '" },
      { installerUrl: 'http://x/$(id)' },
      { installerUrl: 'file:///etc/passwd' },
      { release: '1.13.4; id' },
    ]) {
      assert.throws(() => renderCloudConfig({ ...INPUT, ...change }), code('invalidInput'));
    }
  });
});

describe('the swap unit', () => {
  const text = renderUnit(swapUnitOptions(4096));

  it('is global, stays active after it has run, and waits for its like at boot', () => {
    assert.match(text, /\[Service\]\nType=oneshot\nRemainAfterExit=yes/);
    assert.match(text, /\[X-Fleet\]\nGlobal=true\n$/);
    assert.match(text, /After=swap-at-boot\.service/);
  });

  it('makes the file under another name first, and never again once it is there', () => {
    const file = swapFile(4096);

    assert.match(text, new RegExp(`test -f ${file} \\|\\| fallocate -l 4096m ${file}\\.part`));
    assert.match(text, new RegExp(`mkswap ${file}\\.part && mv ${file}\\.part ${file}`));
    assert.match(text, new RegExp(`swapon ${file}`));
  });

  it('has nothing that systemd, fleet or cloud-init would expand, and no line that fleet could not read back', () => {
    for (const line of text.split('\n')) {
      assert.doesNotMatch(line, /[$%\\]/);
      assert.ok(line.length < 2048);
    }
  });
});

describe('static members', () => {
  it('name each machine by its id, as CoreOS and Deis do, with its private address', () => {
    const text = renderStaticMembers('deis-abcde', [
      { machineId: 'a'.repeat(32), privateAddress: '10.132.0.11' },
      { machineId: 'b'.repeat(32), privateAddress: '10.132.0.12' },
    ]);

    assert.match(text, /ETCD_NAME=%m/);
    assert.match(text, /ETCD_INITIAL_CLUSTER=a{32}=http:\/\/10\.132\.0\.11:2380,b{32}=http:\/\/10\.132\.0\.12:2380\n/);
    assert.match(text, /ETCD_INITIAL_CLUSTER_TOKEN=deis-abcde/);
  });
});
