/**
 * A window of its own process, so that it can be killed: `node window.mjs <folder> <spec> <settings>` (both as JSON) creates a cluster and prints
 * each line of its progress. Secrets are in a file that windows of the folder share.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, spec, settings] = process.argv.slice(2);
const file = path.join(folder, 'secrets.json');
const all = () => JSON.parse(readFileSync(file, 'utf8'));
const change = async (key, value) => {
  writeFileSync(`${file}.new`, JSON.stringify({ ...all(), [key]: value }));
  renameSync(`${file}.new`, file);
};
const quiet = () => undefined;
const { createEngine } = createRequire(import.meta.url)(path.resolve('dist/engine.js'));
const operator = await createEngine({
  storagePath: folder,
  practiceMain: path.resolve('dist/practice/main.mjs'),
  settings: () => JSON.parse(settings),
  secrets: {
    get: async (key) => all()[key],
    store: change,
    delete: (key) => change(key, undefined),
  },
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
});
await operator.create(JSON.parse(spec), {
  signal: new AbortController().signal,
  report: (message) => process.stdout.write(`${message}\n`),
});
operator.dispose();
