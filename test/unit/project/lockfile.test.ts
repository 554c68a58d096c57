import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

interface Lockfile {
  readonly packages: Readonly<Record<string, { version?: string; dev?: boolean }>>;
}

const lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile;
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };

/** Versions below these have published advisories, or lack a protection that we rely on. */
const FLOORS: Readonly<Record<string, string>> = {
  axios: '0.33.0', // request forgery and credential leaks before
  'follow-redirects': '1.15.6', // forwards credentials to another host before
  ssh2: '1.15.0', // strict key exchange against the Terrapin prefix attack
};

const numbers = (version: string): number[] => version.split('.').map((part) => Number.parseInt(part, 10));
function isAtLeast(version: string, floor: string): boolean {
  const [have, need] = [numbers(version), numbers(floor)];
  const different = have.findIndex((part, index) => part !== need[index]);
  return different === -1 || (have[different] ?? 0) > (need[different] ?? 0);
}

describe('the lockfile', () => {
  for (const [name, floor] of Object.entries(FLOORS)) {
    it(`holds no ${name} below ${floor}`, () => {
      const versions = Object.entries(lockfile.packages)
        .filter(([place]) => place.endsWith(`node_modules/${name}`))
        .map(([, entry]) => entry.version ?? '0');

      assert.ok(versions.length > 0, `${name} is not in the lockfile`);
      assert.deepEqual(
        versions.filter((version) => !isAtLeast(version, floor)),
        [],
      );
    });
  }

  it('pins every runtime dependency to one exact version, eight at most', () => {
    const versions = Object.values(manifest.dependencies);

    assert.ok(versions.length <= 8);
    assert.deepEqual(
      versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    );
  });
});
