/** What the benches of the practice cloud share: the shipped practice process, and the shipped engine on it. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT, buildExtension } from '../../scripts/build.mjs';

const PRACTICE_MAIN = path.join(ROOT, 'dist', 'practice', 'main.mjs');

/** The guide's own cluster. */
export const SPEC = {
  ...{
    provider: 'practice',
    prefix: 'deis',
    regionSlug: 'nyc3',
    sizeSlug: '512mb',
    image: 'coreos-stable',
    instances: 5,
  },
  ...{
    bootstrap: 'discovery',
    routerMeshSize: 5,
    swapSizeMb: 4096,
    release: '1.13.4',
    installPlatform: true,
    openPorts: true,
  },
};

export const context = { signal: new AbortController().signal, report: () => undefined };

async function startPractice(state, token, options) {
  const child = spawn(process.execPath, [PRACTICE_MAIN, '--port', '0', '--state', state, ...options], {
    env: { ...process.env, DEIS_PRACTICE_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, api: JSON.parse(line).api };
}

function memorySecrets(entries) {
  const kept = new Map(entries);
  return {
    get: async (key) => kept.get(key),
    store: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
  };
}

async function openEngine(storagePath, token, speed) {
  const { createEngine } = createRequire(import.meta.url)(path.join(ROOT, 'dist', 'engine.js'));
  const quiet = () => undefined;
  return await createEngine({
    storagePath,
    practiceMain: PRACTICE_MAIN,
    settings: () => ({
      ...{ apiUrl: 'https://api.digitalocean.com', discoveryUrl: 'https://discovery.etcd.io' },
      ...{ installerUrl: 'http://deis.io/deisctl/install.sh' },
      ...{ practiceSpeed: speed, practiceCatalogue: '2016' },
    }),
    secrets: memorySecrets([['practice/token', token]]),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
}

/** Runs `work` with the process, what calls its API, and the engine; everything is gone afterwards. */
export async function inLaboratory({ speed, options = [] }, work) {
  await buildExtension();
  const storagePath = mkdtempSync(path.join(os.tmpdir(), 'deis-bench-'));
  const token = randomBytes(16).toString('hex');
  const { child, api } = await startPractice(path.join(storagePath, 'practice'), token, [
    ...['--speed', String(speed)],
    ...options,
  ]);
  const call = async (method, target, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const reply = await fetch(`${api}${target}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${target} answered ${reply.status}: ${text.slice(0, 300)}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const operator = await openEngine(storagePath, token, speed);
  try {
    return await work({ child, call, api, operator, token });
  } finally {
    operator.dispose();
    child.kill('SIGTERM');
    await once(child, 'exit');
    rmSync(storagePath, { recursive: true, force: true });
  }
}
