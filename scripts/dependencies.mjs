/** Installs the packages of this checkout when they are missing or older than the lockfile. Plain Node: imported before any package is. */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone } from './lock.mjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(`Node 20 or later is needed; this is ${process.version}.`);
  process.exit(1);
}

const installed = path.join(ROOT, 'node_modules', '.package-lock.json');
const isFresh = () =>
  // Another checkout's: npm ci would empty it.
  lstatSync(path.join(ROOT, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() === true ||
  (existsSync(installed) && statSync(installed).mtimeMs >= statSync(path.join(ROOT, 'package-lock.json')).mtimeMs);

function install() {
  if (isFresh()) return;
  console.error('Installing packages (npm ci) …');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    throw new Error(
      'npm ci failed: see the lines above. With a working connection to your npm registry, run the command again.',
    );
  }
}

if (!isFresh()) {
  try {
    // Two at once would empty each other's node_modules.
    alone(path.join(ROOT, '.installing'), install, () =>
      console.error('Waiting for the installation that is under way …'),
    );
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
