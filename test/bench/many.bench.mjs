/**
 * Five hundred droplets in one practice account, five of them a whole cluster made by the shipped engine, at the speed of 60 that
 * users get: how fast they are listed, what the process needs, and how much of a core its model's heartbeat takes. Then the same
 * number as a hundred real clusters.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SPEC, context, inLaboratory } from './laboratory.mjs';

const DROPLETS = 500;
const BARE = DROPLETS - SPEC.instances;
const LISTS = 31;
/** Long enough for each heartbeat of a minute, fleet's and etcd's alike, to come some thirty times. */
const HEARTBEAT_S = 30;
/** At this speed a cluster's members have as many events to remember as etcd keeps, and half as many again. */
const REMEMBERED_S = 40;

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

/** What the guide's user data gives each of five members, without the platform. */
const memberData = (discoveryUrl) => `#cloud-config
coreos:
  etcd2:
    discovery: ${discoveryUrl}
    advertise-client-urls: http://$private_ipv4:2379
    initial-advertise-peer-urls: http://$private_ipv4:2380
    listen-client-urls: http://0.0.0.0:2379,http://0.0.0.0:4001
    listen-peer-urls: http://$private_ipv4:2380
  fleet:
    public-ip: $private_ipv4
  units:
    - name: etcd2.service
      command: start
    - name: fleet.service
      command: start
`;

async function createClusters(call, api) {
  const place = { region: SPEC.regionSlug, size: SPEC.sizeSlug, image: SPEC.image, private_networking: true };
  for (let cluster = 0; cluster < DROPLETS / SPEC.instances; cluster += 1) {
    const url = await (await fetch(`${api}/new?size=${SPEC.instances}`)).text();
    const names = Array.from({ length: SPEC.instances }, (_, index) => `c${cluster}-${index + 1}`);
    await call('POST', '/v2/droplets', { names, ...place, user_data: memberData(url) });
  }
}

/** Each a cluster of its own, with five members of etcd that remember a thousand events, and five fleetd. */
async function measureClusters({ child, call, api, token }) {
  await call('PUT', '/practice/accounts', [{ name: 'Practice', dropletLimit: DROPLETS, tokens: [{ token }] }]);
  await createClusters(call, api);
  await untilActive(call);
  await sleep(REMEMBERED_S * 1000);
  const [listS, most] = [[], []];
  for (let round = 0; round < LISTS; round += 1) {
    listS.push(await timed(() => call('GET', '/v2/droplets?per_page=200')));
    most.push(usage(child).mib);
    await sleep(500);
  }
  const what = `${DROPLETS / SPEC.instances} real clusters`;
  return [
    { name: `${what}: a page of 200, median`, value: median(listS), unit: 'ms' },
    { name: `${what}: memory, the most of ${LISTS} looks`, value: Math.max(...most), unit: 'MiB', limit: 400 },
  ];
}

export async function measure() {
  const bare = await measureBare();
  return [...bare, ...(await inLaboratory({ speed: 60 }, measureClusters))];
}

async function measureBare() {
  return await inLaboratory({ speed: 60 }, async ({ child, call, operator, token }) => {
    await call('PUT', '/practice/accounts', [{ name: 'Practice', dropletLimit: DROPLETS, tokens: [{ token }] }]);
    const cluster = await operator.create(SPEC, context);
    await createBare(call);
    await untilActive(call);
    return await measureRows({ child, call }, cluster);
  });
}
