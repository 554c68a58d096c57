import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeFolder } from '../../removeFolder';
import {
  at,
  createActive,
  listAt,
  PUBLIC_KEY,
  startPractice,
  temporaryFolder,
  TOKEN,
  until,
  type Practice,
} from '../support';
import { Terraform } from './terraformProvider';

const TAG = 'deis-cluster:terraform';
const PLAN = `
terraform {
  required_providers {
    digitalocean = { source = "digitalocean/digitalocean" }
  }
}

resource "digitalocean_ssh_key" "deis" {
  name       = "deis"
  public_key = "${PUBLIC_KEY}"
}

resource "digitalocean_tag" "deis" {
  name = "${TAG}"
}

resource "digitalocean_droplet" "deis" {
  count     = 5
  name      = "deis-\${count.index + 1}"
  image     = "coreos-stable"
  size      = "512mb"
  region    = "nyc3"
  ssh_keys  = [digitalocean_ssh_key.deis.fingerprint]
  tags      = [digitalocean_tag.deis.id]
  user_data = "#cloud-config\\nhostname: by-terraform\\n"
}

resource "digitalocean_firewall" "deis" {
  name = "deis-terraform"
  tags = [digitalocean_tag.deis.id]
  inbound_rule {
    protocol         = "tcp"
    port_range       = "22"
    source_addresses = ["0.0.0.0/0", "::/0"]
  }
  inbound_rule {
    protocol    = "tcp"
    port_range  = "1-65535"
    source_tags = [digitalocean_tag.deis.id]
  }
  inbound_rule {
    protocol    = "icmp"
    source_tags = [digitalocean_tag.deis.id]
  }
  outbound_rule {
    protocol              = "tcp"
    port_range            = "1-65535"
    destination_addresses = ["0.0.0.0/0", "::/0"]
  }
}

resource "digitalocean_domain" "deis" {
  name = "example.com"
}

resource "digitalocean_record" "nodes" {
  count  = 5
  domain = digitalocean_domain.deis.name
  type   = "A"
  name   = "@"
  value  = digitalocean_droplet.deis[count.index].ipv4_address
}

resource "digitalocean_record" "all" {
  domain = digitalocean_domain.deis.name
  type   = "CNAME"
  name   = "*"
  value  = "@"
}
`;

const folder = temporaryFolder();
after(() => removeFolder(folder));

writeFileSync(path.join(folder, 'main.tf'), PLAN);
const program = new Terraform(folder);
const skip = await program.skipWithoutProvider();

describe('Terraform against the practice cloud', { skip, timeout: 900_000 }, () => {
  let practice: Practice;
  before(async () => (practice = await startPractice('--speed', '60')));
  after(async () => await practice.kill());

  const here = (): Record<string, string> => ({
    ...{ DIGITALOCEAN_API_URL: practice.api, DIGITALOCEAN_TOKEN: TOKEN },
  });
  const succeed = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await program.run(args, here());
    assert.equal(code, 0, `terraform ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };
  /** 0: nothing to do; 2: something. */
  const plan = async (expected: 0 | 2): Promise<void> => {
    const { code, stdout, stderr } = await program.run(['plan', '-input=false', '-detailed-exitcode'], here());
    assert.equal(code, expected, stdout + stderr);
  };
  const droplets = async (): Promise<readonly unknown[]> => {
    const { json } = await practice.call('GET', `/v2/droplets?per_page=200&tag_name=${encodeURIComponent(TAG)}`);
    return listAt(json, 'droplets');
  };
  const idOf = async (name: string): Promise<number> =>
    Number(
      at(
        (await droplets()).find((droplet) => at(droplet, 'name') === name),
        'id',
      ),
    );
  const total = async (what: string): Promise<unknown> =>
    at((await practice.call('GET', `/v2/${what}`)).json, 'meta.total');
  const statusInState = async (id: number): Promise<unknown> => {
    const state: unknown = JSON.parse(await succeed('show', '-json'));
    const resources = listAt(state, 'values.root_module.resources');
    return at(
      resources.find((one) => at(one, 'values.id') === String(id)),
      'values.status',
    );
  };

  it('applies a key, a tag, a firewall, a domain and five droplets with user data', async () => {
    await succeed('apply', '-auto-approve', '-input=false');
    const made = await droplets();
    const { json } = await practice.call('GET', '/v2/domains/example.com/records?type=A');

    assert.deepEqual(made.map((droplet) => at(droplet, 'name')).sort(), [
      'deis-1',
      'deis-2',
      'deis-3',
      'deis-4',
      'deis-5',
    ]);
    assert.ok(made.every((droplet) => at(droplet, 'status') === 'active'));
    assert.deepEqual([await total('account/keys'), await total('firewalls'), await total('tags')], [1, 1, 1]);
    assert.equal(listAt(json, 'domain_records').length, 5);
  });

  it('finds no difference afterwards', async () => await plan(0));

  it('sees that a droplet was switched off outside, and that this is no change of the plan', async () => {
    const id = await idOf('deis-2');
    await practice.call('POST', `/v2/droplets/${id}/actions`, { body: { type: 'power_off' } });
    await until(
      () => practice.call('GET', `/v2/droplets/${id}`),
      ({ json }) => at(json, 'droplet.status') === 'off',
    );
    await plan(0);
    await succeed('refresh', '-input=false');

    assert.equal(await statusInState(id), 'off');
  });

  it('makes a droplet anew that was deleted outside', async () => {
    const id = await idOf('deis-3');
    assert.equal((await practice.call('DELETE', `/v2/droplets/${id}`)).status, 204);
    await until(
      () => practice.call('GET', `/v2/droplets/${id}`),
      ({ status }) => status === 404,
    );
    await plan(2);
    await succeed('apply', '-auto-approve', '-input=false');

    assert.equal((await droplets()).length, 5);
    assert.notEqual(await idOf('deis-3'), id);
    await plan(0);
  });

  /** The plan with something else in a place where something stands. */
  const change = (from: string | RegExp, to: string): void => {
    const file = path.join(folder, 'main.tf');
    const before = readFileSync(file, 'utf8');
    const after = before.replace(from, to);
    assert.notEqual(after, before);
    writeFileSync(file, after);
  };

  it('changes names, sizes, tags and rules in place', async () => {
    const ids = await Promise.all([1, 2, 3, 4, 5].map((number) => idOf(`deis-${number}`)));
    change(/name {6}= "deis-\$/, 'name      = "node-$');
    change('size      = "512mb"', 'size        = "1gb"\n  resize_disk = false');
    change('[digitalocean_tag.deis.id]\n  user_data', '[digitalocean_tag.deis.id, "more"]\n  user_data');
    change('port_range       = "22"', 'port_range       = "2222"');
    await plan(2);
    await succeed('apply', '-auto-approve', '-input=false');
    const made = await droplets();
    const walls = await practice.call('GET', '/v2/firewalls');

    assert.deepEqual(made.map((droplet) => at(droplet, 'id')).sort(), [...ids].sort(), 'none was made anew');
    assert.deepEqual(made.map((droplet) => at(droplet, 'name')).sort(), [
      'node-1',
      'node-2',
      'node-3',
      'node-4',
      'node-5',
    ]);
    for (const droplet of made) {
      assert.deepEqual([at(droplet, 'memory'), at(droplet, 'disk'), at(droplet, 'status')], [1024, 20, 'active']);
      assert.deepEqual([...listAt(droplet, 'tags')].sort(), [TAG, 'more'].sort());
    }
    assert.ok(walls.text.includes('"2222"') && !walls.text.includes('"22"'));
    await plan(0);
  });

  it('makes a private network, a project and records of other kinds, and changes them', async () => {
    change(
      /$/,
      `
resource "digitalocean_vpc" "own" {
  name        = "own"
  region      = "nyc3"
  ip_range    = "10.30.0.0/20"
  description = "one"
  depends_on  = [digitalocean_droplet.deis] # the first network of a region is its default, which nobody can delete
}

resource "digitalocean_project" "deis" {
  name        = "deis"
  purpose     = "five nodes"
  environment = "staging"
  resources   = [digitalocean_droplet.deis[0].urn, digitalocean_domain.deis.urn]
}

resource "digitalocean_record" "mail" {
  domain   = digitalocean_domain.deis.name
  type     = "MX"
  name     = "@"
  priority = 10
  value    = "mail.example.com."
}

resource "digitalocean_record" "etcd" {
  domain   = digitalocean_domain.deis.name
  type     = "SRV"
  name     = "_etcd-server._tcp"
  priority = 1
  weight   = 5
  port     = 2380
  ttl      = 60
  value    = "deis-1.example.com."
}

data "digitalocean_account" "here" {}
`,
    );
    await succeed('apply', '-auto-approve', '-input=false');
    await plan(0);
    change('description = "one"', 'description = "two"');
    change('purpose     = "five nodes"', 'purpose     = "five small nodes"');
    change('.urn, digitalocean_domain.deis.urn]', '.urn]');
    change('priority = 10', 'priority = 20');
    await plan(2);
    await succeed('apply', '-auto-approve', '-input=false');
    await plan(0);
    const networks = listAt((await practice.call('GET', '/v2/vpcs')).json, 'vpcs');
    const projects = listAt((await practice.call('GET', '/v2/projects')).json, 'projects');
    const made = projects.find((project) => at(project, 'name') === 'deis');
    const inside = await practice.call('GET', `/v2/projects/${String(at(made, 'id'))}/resources`);

    assert.deepEqual(networks.map((network) => at(network, 'description')).sort(), ['', 'two']);
    assert.deepEqual([at(made, 'purpose'), at(made, 'environment')], ['Other: five small nodes', 'Staging']);
    assert.match(String(at(inside.json, 'resources.0.urn')), /^do:droplet:/);
    assert.equal(at(inside.json, 'meta.total'), 1);
  });

  it('takes a droplet into its state that it did not make, and reads what can be had', async () => {
    const [id] = await createActive(practice, ['found'], { tags: ['found'] });
    change(
      /$/,
      `
resource "digitalocean_droplet" "found" {
  name   = "found"
  image  = "coreos-stable"
  size   = "512mb"
  region = "nyc3"
  tags   = ["found"]
}

data "digitalocean_image" "coreos" {
  slug = "coreos-stable"
}

data "digitalocean_sizes" "small" {
  filter {
    key    = "memory"
    values = [512]
  }
}

data "digitalocean_regions" "all" {}

data "digitalocean_droplets" "all" {}

data "digitalocean_tags" "all" {}
`,
    );
    await succeed('import', '-input=false', 'digitalocean_droplet.found', String(id));
    // What a droplet does not tell of itself (`graceful_shutdown`) is only in the state after an apply.
    await succeed('apply', '-auto-approve', '-input=false');
    await plan(0);
    assert.equal(at((await practice.call('GET', `/v2/droplets/${id}`)).json, 'droplet.name'), 'found');
  });

  it('destroys everything that it made', async () => {
    await succeed('destroy', '-auto-approve', '-input=false');

    for (const what of ['droplets', 'account/keys', 'firewalls', 'domains']) {
      assert.equal(await total(what), 0, what);
    }
    assert.deepEqual([await total('vpcs'), await total('projects')], [1, 1], 'only what is the default');
    const { json } = await practice.call('GET', '/v2/tags');
    const left = listAt(json, 'tags').map((tag) => at(tag, 'name'));
    assert.deepEqual(left.sort(), ['found', 'more'], 'those that came with droplets are nobody’s');
  });
});
