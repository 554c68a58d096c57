/**
 * A whole create, through the shipped engine against the practice cloud of `--profile lab` in real time (droplets boot in 3 s, images
 * are pulled in 2 s): its wall time against the longest chain of delays that the practice cloud put in, none of which overlaps
 * another. 84 s is what the guide's own tools took on five nodes under the same delays.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT, buildExtension } from '../../scripts/build.mjs';

const GUIDE_TOOLS_S = 84;
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

/** The heaviest set of delays in which each begins after the one before has ended: no product could be faster. */
export function longestChain(delays) {
  const sorted = [...delays].sort((a, b) => a.to - b.to);
  const best = [0]; // best[i]: heaviest chain among the first i
  for (const [index, delay] of sorted.entries()) {
    let [low, high] = [0, index];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (sorted[middle - 1].to <= delay.from) low = middle;
      else high = middle - 1;
    }
    best.push(Math.max(best[index], best[low] + delay.to - delay.from));
  }
  return best.at(-1);
}

async function startPractice(state, token) {
  const options = ['--port', '0', '--profile', 'lab', '--speed', '1', '--state', state];
  const child = spawn(process.execPath, [path.join(ROOT, 'dist', 'practice', 'main.mjs'), ...options], {
    env: { ...process.env, DEIS_PRACTICE_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, api: JSON.parse(line).api };
}

export function memorySecrets(entries) {
  const kept = new Map(entries);
  return {
    get: async (key) => kept.get(key),
    store: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
  };
}

export async function measure() {
  await buildExtension();
  const storagePath = mkdtempSync(path.join(os.tmpdir(), 'deis-create-'));
  const token = randomBytes(16).toString('hex');
  const { child, api } = await startPractice(path.join(storagePath, 'practice'), token);
  const { createEngine } = createRequire(import.meta.url)(path.join(ROOT, 'dist', 'engine.js'));
  const quiet = () => undefined;
  const operator = await createEngine({
    storagePath,
    practiceMain: path.join(ROOT, 'dist', 'practice', 'main.mjs'),
    settings: () => ({
      ...{ apiUrl: 'https://api.digitalocean.com', discoveryUrl: 'https://discovery.etcd.io' },
      ...{ installerUrl: 'http://deis.io/deisctl/install.sh' },
      ...{ practiceSpeed: 1, practiceCatalogue: '2016' },
    }),
    secrets: memorySecrets([['practice/token', token]]),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  try {
    const context = { signal: new AbortController().signal, report: quiet };
    const started = performance.now();
    const cluster = await operator.create(SPEC, context);
    const wall = (performance.now() - started) / 1000;
    const reply = await fetch(`${api}/practice/ledger`, { headers: { authorization: `Bearer ${token}` } });
    const chain = longestChain((await reply.json()).delays) / 1000;
    const running = cluster.units.filter((unit) => unit.active === 'active').length;
    await operator.destroy(cluster.id, context);
    return [
      {
        name: 'create, lab profile: wall time',
        value: wall,
        unit: 's',
        limit: GUIDE_TOOLS_S,
        note: `${running} rows active`,
      },
      { name: 'create, lab profile: longest chain of delays', value: chain, unit: 's' },
      { name: 'create, lab profile: wall time / chain', value: wall / chain, unit: '×', limit: 1.15 },
    ];
  } finally {
    operator.dispose();
    child.kill('SIGTERM');
    await once(child, 'exit');
    rmSync(storagePath, { recursive: true, force: true });
  }
}
