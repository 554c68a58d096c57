/**
 * Five hundred droplets in one practice account, five of them a whole cluster made by the shipped engine, at the speed of 60 that
 * users get: how fast they are listed, what the process needs, and how much of a core its model's heartbeat takes.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SPEC, context, inLaboratory } from './laboratory.mjs';

const DROPLETS = 500;
const BARE = DROPLETS - SPEC.instances;
const LISTS = 31;
/** Long enough for each heartbeat of a minute, fleet's and etcd's alike, to come some thirty times. */
const HEARTBEAT_S = 30;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

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
  return await inLaboratory({ speed: 60 }, async ({ child, call, operator, token }) => {
    await call('PUT', '/practice/accounts', [{ name: 'Practice', dropletLimit: DROPLETS, tokens: [{ token }] }]);
    const cluster = await operator.create(SPEC, context);
    await createBare(call);
    await untilActive(call);
    return await measureRows({ child, call }, cluster);
  });
}
