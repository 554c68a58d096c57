/**
 * Five hundred droplets in one practice account, five of them a whole cluster made by the shipped engine, at the speed of 60 that
 * users get: how fast they are listed, what the process needs, and how much of a core its model's heartbeat takes.
 */
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT, buildExtension } from '../../scripts/build.mjs';
import { SPEC, memorySecrets } from './create.bench.mjs';

const DROPLETS = 500;
const BARE = DROPLETS - SPEC.instances;
const LISTS = 31;
/** Long enough for each heartbeat of a minute, fleet's and etcd's alike, to come some thirty times. */
const HEARTBEAT_S = 30;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function startPractice(state, token) {
  const options = ['--port', '0', '--speed', '60', '--state', state];
  const child = spawn(process.execPath, [path.join(ROOT, 'dist', 'practice', 'main.mjs'), ...options], {
    env: { ...process.env, DEIS_PRACTICE_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { api } = JSON.parse(line);
  const call = async (method, target, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const reply = await fetch(`${api}${target}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${target} answered ${reply.status}: ${text.slice(0, 300)}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return { child, call };
}

/** Resident memory, and the processor time used so far, by the kernel (proc(5)). */
function usage({ pid }) {
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return { mib: Number(resident) / 1024, cpuS: (Number(fields[11]) + Number(fields[12])) / 100 };
}

async function timed(run) {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

async function createBare(call) {
  for (let first = 0; first < BARE; first += 10) {
    const names = Array.from({ length: Math.min(10, BARE - first) }, (_, index) => `bare-${first + index}`);
    const place = { region: SPEC.regionSlug, size: SPEC.sizeSlug, image: SPEC.image };
    await call('POST', '/v2/droplets', { names, ...place, user_data: '#cloud-config\n' });
  }
}

async function untilActive(call) {
  for (;;) {
    const all = [];
    for (let page = 1; all.length < DROPLETS && page <= 3; page += 1) {
      all.push(...(await call('GET', `/v2/droplets?per_page=200&page=${page}`)).droplets);
    }
    if (all.length === DROPLETS && all.every((droplet) => droplet.status === 'active')) return;
    await sleep(200);
  }
}

async function measureRows({ child, call }, cluster) {
  const all = () => Promise.all([1, 2, 3].map((page) => call('GET', `/v2/droplets?per_page=200&page=${page}`)));
  const [first, whole] = [[], []];
  for (let round = 0; round < LISTS; round += 1) {
    first.push(await timed(() => call('GET', '/v2/droplets?per_page=200')));
    whole.push(await timed(all));
  }
  const nodesMs = await timed(() => call('GET', '/practice/nodes?port=22'));
  const [before, started] = [usage(child), performance.now()];
  await sleep(HEARTBEAT_S * 1000);
  const after = usage(child);
  const share = (after.cpuS - before.cpuS) / ((performance.now() - started) / 1000);
  const running = cluster.units.filter((unit) => unit.active === 'active').length;
  const note = `${running} rows of units active on five of them`;
  return [
    { name: '500 droplets: a page of 200, median', value: median(first), unit: 'ms', limit: 50 },
    { name: '500 droplets: all of them, median', value: median(whole), unit: 'ms', limit: 50 },
    { name: '500 droplets: where the SSH of each is, first time', value: nodesMs, unit: 'ms', limit: 500 },
    { name: '500 droplets: memory', value: after.mib, unit: 'MiB', limit: 400 },
    { name: '500 droplets: heartbeat at speed 60', value: share * 100, unit: '% of a core', limit: 20, note },
  ];
}

export async function measure() {
  await buildExtension();
  const storagePath = mkdtempSync(path.join(os.tmpdir(), 'deis-many-'));
  const token = randomBytes(16).toString('hex');
  const practice = await startPractice(path.join(storagePath, 'practice'), token);
  const { createEngine } = createRequire(import.meta.url)(path.join(ROOT, 'dist', 'engine.js'));
  const quiet = () => undefined;
  const operator = await createEngine({
    storagePath,
    practiceMain: path.join(ROOT, 'dist', 'practice', 'main.mjs'),
    settings: () => ({
      ...{ apiUrl: 'https://api.digitalocean.com', discoveryUrl: 'https://discovery.etcd.io' },
      ...{ installerUrl: 'http://deis.io/deisctl/install.sh' },
      ...{ practiceSpeed: 60, practiceCatalogue: '2016' },
    }),
    secrets: memorySecrets([['practice/token', token]]),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  try {
    await practice.call('PUT', '/practice/accounts', [
      { name: 'Practice', dropletLimit: DROPLETS, tokens: [{ token }] },
    ]);
    const context = { signal: new AbortController().signal, report: quiet };
    const cluster = await operator.create(SPEC, context);
    await createBare(practice.call);
    await untilActive(practice.call);
    return await measureRows(practice, cluster);
  } finally {
    operator.dispose();
    practice.child.kill('SIGTERM');
    await once(practice.child, 'exit');
    rmSync(storagePath, { recursive: true, force: true });
  }
}
