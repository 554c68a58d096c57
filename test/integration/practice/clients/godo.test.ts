import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeFolder } from '../../removeFolder';
import { startPractice, temporaryFolder, TOKEN, type Practice } from '../support';
import { run, skipWithout } from './programs';

/** Where Debian puts the sources of Go libraries (golang-github-digitalocean-godo-dev, golang-golang-x-oauth2-google-dev). */
const SOURCES = '/usr/share/gocode';
const GODO = path.join(SOURCES, 'src', 'github.com', 'digitalocean', 'godo');

const skip = skipWithout('go') || (existsSync(GODO) ? false : 'DigitalOcean’s Go library (godo) is not installed');

/** The library that doctl and Terraform's provider are made of; godo/*.go do with it what those two do. */
describe('DigitalOcean’s own Go library against the practice cloud', { skip, timeout: 600_000 }, () => {
  const folder = temporaryFolder();
  const program = path.join(folder, 'godo');
  let practice: Practice;
  before(async () => {
    const build = await run('go', ['build', '-o', program, '.'], {
      workingDirectory: path.resolve('test/integration/practice/clients/godo'),
      environment: {
        ...{ GO111MODULE: 'off', GOPATH: SOURCES, GOFLAGS: undefined, CGO_ENABLED: '0' },
        GOCACHE: path.join(folder, 'cache'),
      },
    });
    assert.equal(build.code, 0, build.stderr);
    practice = await startPractice('--speed', '60');
  });
  after(async () => {
    await practice.kill();
    await removeFolder(folder);
  });

  const sequences: readonly (readonly [string, string])[] = [
    ['offers', 'reads the account, its balance and all that can be had, page by page'],
    ['keys', 'finds keys by id and fingerprint, renames and deletes them'],
    ['doctl-droplets', 'does with a droplet, its actions and its tags what doctl does'],
    ['doctl-disks', 'takes snapshots, and makes droplets and their disks anew of them'],
    ['doctl-paging', 'pages as doctl and as Terraform’s data sources do'],
    ['terraform-life', 'creates, tags anew and destroys as Terraform’s provider does, with its waits'],
    ['terraform-import', 'imports a droplet, and shuts one down that is off'],
    ['firewalls', 'makes a firewall, changes each part of it and puts it anew'],
    ['domains', 'keeps a domain with each kind of record'],
    ['vpcs', 'makes private networks with ranges of their own, and is refused what DigitalOcean refuses'],
    ['projects', 'keeps projects, and what is in them'],
    ['terraform-update', 'resizes, renames and turns features on as Terraform’s provider does'],
    ['images', 'imports an image, gives it to another region and makes a droplet of it'],
    ['terraform-snapshot', 'takes snapshots, and knows each by when its action was started'],
    ['terraform-network', 'renames private networks with their `default` as it is'],
    ['terraform-project', 'plans a project, fills it and empties it into the default one'],
    ['terraform-records', 'changes records without their type, and finds them as it wrote them'],
    ['refusals', 'is refused in words and with a request id, and told how many requests are left'],
  ];
  for (const [sequence, title] of sequences) {
    it(title, async () => {
      const { code, stderr } = await run(program, [practice.api, TOKEN, sequence]);
      assert.equal(code, 0, stderr);
    });
  }
});
