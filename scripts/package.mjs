#!/usr/bin/env node
/** `npm run package`: builds afresh and writes deis-cheap-cluster.vsix. `makeVsix` also tells what is in it. */
import './dependencies.mjs';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Compressed sizes by file, from the archive's own directory (PKWARE's APPNOTE, "Central directory structure"). */
export function listArchive(file) {
  const zip = readFileSync(file);
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'));
  const files = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    files.set(zip.toString('utf8', at + 46, at + 46 + name), zip.readUInt32LE(at + 20));
    at += 46 + name + extra + comment;
  }
  return { files, total: zip.length };
}

export async function makeVsix(packagePath) {
  const { ROOT, buildExtension } = await import('./build.mjs');
  const { createVSIX } = await import('@vscode/vsce');
  await buildExtension({ sourcemap: false, clean: true });
  await createVSIX({ cwd: ROOT, packagePath, dependencies: false });
  const { files, total } = listArchive(packagePath);
  const sum = (wanted) => [...files].filter(([name]) => wanted(name)).reduce((bytes, [, size]) => bytes + size, 0);
  const isPractice = (name) => name.startsWith('extension/dist/practice/');
  const isPicture = (name) => /\.(png|svg|gif|jpe?g)$/.test(name);
  return {
    files,
    total,
    practice: sum(isPractice),
    rest: sum((name) => !isPractice(name) && !isPicture(name)),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = path.resolve('deis-cheap-cluster.vsix');
  const { total, practice, rest } = await makeVsix(file);
  const kib = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`;
  console.log(`${file}: ${kib(total)}, of which practice cloud ${kib(practice)}, pictures apart the rest ${kib(rest)}`);
}
