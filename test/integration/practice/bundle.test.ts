import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as esbuild from 'esbuild';
import { LIBRARY_TOOLS } from '../../../src/practice/shell/tools/tools';
import { Nodes } from './nodes';
import { removeFolder } from '../removeFolder';
import { startPractice, temporaryFolder, type Practice } from './support';

describe('the bundles', () => {
  it('keep the practice cloud and what it is made of out of the extension’s own process', async () => {
    const { metafile } = await esbuild.build({
      ...{ entryPoints: ['src/extension.ts', 'src/engine.ts'], outdir: 'unwritten', write: false, metafile: true },
      ...{ bundle: true, platform: 'node', external: ['vscode', './engine.js', 'cpu-features', '*.node'] },
      logLevel: 'silent',
    });
    const inputs = Object.keys(metafile.inputs);

    assert.ok(inputs.includes('src/adapters/practice/dialer.ts'), 'the engine is not among what was looked at');
    assert.deepEqual(
      inputs.filter((file) => file.startsWith('src/practice/') || file.includes('node_modules/just-bash/')),
      [],
    );
  });
});

describe('the practice cloud’s bundle', () => {
  const folder = temporaryFolder();
  let practice: Practice;
  let nodes: Nodes;
  before(async () => {
    practice = await startPractice('--speed', 'max');
    nodes = new Nodes(practice, folder);
    await nodes.create(['tools'], { size: 1, userData: '#cloud-config\n' });
    await nodes.until('tools', 'true', /^$/);
  });
  after(async () => {
    await practice.kill();
    await removeFolder(folder);
  });

  it('has each command that the shell takes from its library', async () => {
    // Each is loaded when first used; what the build leaves out says so (scripts/build.mjs).
    const script = LIBRARY_TOOLS.map((tool) => `echo x | timeout 5 ${tool} x 2>&1 | sed s,^,${tool}:,`);
    const { stdout } = await nodes.run('tools', `mkdir /tmp/t; cd /tmp/t; ${script.join('; ')}; echo end`);

    assert.match(stdout, /\nend\n$/);
    assert.doesNotMatch(stdout, /left out of the bundle/);
  });
});
