import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Files below `folder` that `wanted` (given the path with forward slashes) accepts. Node 20 has no fs.globSync. */
export function globSync(folder, wanted) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => wanted(file.split(path.sep).join('/')))
    .sort();
}
