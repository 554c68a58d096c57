import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { CreateEngine } from '../../../src/core/engine';
import { removeFolder } from '../removeFolder';
import { memorySecrets, newFolder, windowOptions } from './window';

/** What only ssh2 contains; its name alone also stands in comments. */
const OF_SSH2 = 'diffie-hellman-group-exchange-sha256';

describe('the bundles that are shipped', () => {
  it('keep ssh2 and the API client out of what activation loads', () => {
    assert.ok(!readFileSync('dist/extension.js', 'utf8').includes(OF_SSH2));
    assert.ok(readFileSync('dist/engine.js', 'utf8').includes(OF_SSH2));
  });

  it('ask for no native part of ssh2, which could be a stranger’s', () => {
    assert.doesNotMatch(readFileSync('dist/engine.js', 'utf8'), /require\(["'](cpu-features|[^"']*\.node)["']\)/);
  });

  it('work alone: the engine finds the practice cloud and what it offers', async () => {
    const folder = newFolder();
    // What is required is the module that src/engine.ts becomes; its type is the seam's.
    const { createEngine } = createRequire(import.meta.url)(path.resolve('dist/engine.js')) as {
      createEngine: CreateEngine;
    };
    const engine = await createEngine(windowOptions(folder, memorySecrets()));

    const { account, regions, sizes } = await engine.choices('practice');
    await assert.rejects(engine.choices('digitalocean'), { code: 'tokenMissing', remedy: 'setToken' });

    assert.equal(account.status, 'active');
    assert.ok(regions.some(({ slug }) => slug === 'nyc3') && sizes.some(({ slug }) => slug === '512mb'));
    engine.dispose();
    await removeFolder(folder);
  });
});
