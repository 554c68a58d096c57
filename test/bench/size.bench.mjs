/** How much a user downloads, and how much VS Code has to read before the extension can register. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeVsix } from '../../scripts/package.mjs';
import { ROOT } from '../../scripts/build.mjs';

const kib = (bytes) => bytes / 1024;

export async function measure() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'deis-vsix-'));
  try {
    const { total, practice, rest } = await makeVsix(path.join(folder, 'size.vsix'));
    return [
      {
        name: 'dist/extension.js',
        value: kib(statSync(path.join(ROOT, 'dist', 'extension.js')).size),
        unit: 'KiB',
        limit: 80,
      },
      { name: '.vsix', value: kib(total), unit: 'KiB', limit: 2048 },
      { name: '.vsix: practice cloud', value: kib(practice), unit: 'KiB', limit: 1331.2 },
      { name: '.vsix: all but practice cloud and pictures', value: kib(rest), unit: 'KiB', limit: 450 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
