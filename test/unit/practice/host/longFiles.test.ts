import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { insideOf } from '../../../../src/practice/host/inside';
import { JsonStateFile } from '../../../../src/practice/stateFile';
import type { Node } from '../shell/node';
import { bootedNode, transcript } from '../shell/node';

const MB = 1024 * 1024;
const LONG = randomBytes(MB);

describe('a long file of a node', () => {
  let folder: string;
  let state: JsonStateFile;
  let node: Node;
  const boot = async (): Promise<void> => {
    state = new JsonStateFile(folder);
    node = await bootedNode({ kernel: { state } });
  };
  const longNames = (): string[] => readdirSync(path.join(folder, 'files'));
  const say = (script: string): Promise<string> => transcript(node, script, { user: 'core' });
  const read = async (name: string): Promise<Buffer> => Buffer.from(await node.host.files.readFileBuffer(name));

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'deis-long-'));
    await boot();
    await node.host.files.writeFile('/home/core/long', LONG);
  });
  afterEach(async () => {
    node.kernel.dispose();
    await state.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lies outside the state file and is found again by another process', async () => {
    await state.saved();
    assert.ok(readFileSync(path.join(folder, 'state.json')).length < LONG.length / 2);

    node.kernel.dispose();
    await state.dispose();
    await boot();

    assert.ok(LONG.equals(await read('/home/core/long')));
  });

  it('shares its content with its copies, which change on their own', async () => {
    await say('sudo cp long copy; sudo chown core long copy; echo end >> long; echo other >> copy');
    const files = insideOf(node.host).files;
    const file = files.open('/home/core/long');
    file.write(Buffer.from('XX'), 0);
    file.close();

    assert.ok(
      Buffer.concat([Buffer.from('XX'), LONG.subarray(2), Buffer.from('end\n')]).equals(await read('/home/core/long')),
    );
    assert.ok(Buffer.concat([LONG, Buffer.from('other\n')]).equals(await read('/home/core/copy')));
  });

  it('leaves nothing behind once it is removed and that is saved', async () => {
    await state.saved();
    assert.equal(longNames().length, 1);
    await say('sudo rm long');
    await state.saved();

    assert.deepEqual(longNames(), []);
  });

  it('is there for whoever has it open, though it was removed', async () => {
    const file = insideOf(node.host).files.open('/home/core/long');
    await say('sudo rm long');
    await state.saved();

    assert.ok(LONG.subarray(MB - 10).equals(file.read(MB - 10, 100)));
    file.close();
  });

  it('takes room on the disk as it grows, and none once it is gone', async () => {
    const used = (): number => insideOf(node.host).tree.bytes;
    const before = used();
    await say('cat long long > twice');
    assert.equal(used() - before, 2 * MB);
    await say('truncate -s 300K twice');
    assert.equal(used() - before, 300 * 1024);
    await say('rm twice');
    assert.equal(used(), before);
  });

  it('goes through cat and dd byte for byte', async () => {
    await say(
      'cat long > a; cat < long > b; cat a b > c; dd if=long of=d bs=64K 2>/dev/null; dd if=long of=e bs=1K skip=1 count=2 2>/dev/null',
    );

    assert.ok(LONG.equals(await read('/home/core/a')));
    assert.ok(LONG.equals(await read('/home/core/b')));
    assert.ok(Buffer.concat([LONG, LONG]).equals(await read('/home/core/c')));
    assert.ok(LONG.equals(await read('/home/core/d')));
    assert.ok(LONG.subarray(1024, 3072).equals(await read('/home/core/e')));
  });

  it('stops at a full disk, with what had room', async () => {
    const { resources } = insideOf(node.host);
    const free = (resources.diskTotalMb - resources.diskUsedMb) * MB;
    assert.ok(resources.allocate('/fill', Math.floor(free - 600 * 1024)));

    assert.equal(await say('cat long > a'), '[err] cat: write error: No space left on device\n[exit 1]');
    assert.equal(await say('rm a'), '');
    assert.match(await say('dd if=long of=b bs=1M'), /^\[err\] dd: error writing 'b': No space left on device\n/);
  });
});
