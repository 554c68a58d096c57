import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name));

/** Where the practice cloud may be told from the real one: opening a provider, and asking the user which to use. */
const MAY_KNOW = [
  /^src\/adapters\/practice\//,
  /^src\/adapters\/net\//,
  /^src\/adapters\/providers\.ts$/,
  /^src\/engine\.ts$/,
  /^src\/ui\//,
  /^src\/services\.ts$/,
];
const IS_PRACTICE = /[!=]==?\s*['"]practice['"]|case\s+['"]practice['"]|isPractice/;

describe('the seam to the practice cloud', () => {
  it('is nowhere in the core: nothing there asks whether the cloud is a practice cloud', () => {
    const asking = sources('src')
      .filter((file) => !file.startsWith('src/practice/') && !MAY_KNOW.some((place) => place.test(file)))
      .filter((file) => IS_PRACTICE.test(readFileSync(file, 'utf8')));

    assert.deepEqual(asking, []);
  });
});
