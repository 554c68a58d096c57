import { request as httpRequest } from 'node:http';
import { dockerPrograms } from '../../../../src/practice/docker/programs';
import { createEtcdDaemon } from '../../../../src/practice/etcd/daemon';
import { etcdPrograms } from '../../../../src/practice/etcd/programs';
import type { HostParts } from '../../../../src/practice/host/host';
import { createHost } from '../../../../src/practice/host/host';
import { insideOf } from '../../../../src/practice/host/inside';
import { hostPrograms } from '../../../../src/practice/host/programs';
import type {
  Host,
  HostSpec,
  HttpHandler,
  Kernel,
  ModelFetch,
  PoweredHost,
  Profile,
} from '../../../../src/practice/kernel';
import type { Program } from '../../../../src/practice/programs/program';
import { createLedger } from '../../../../src/practice/ledger';
import { InnerHttp } from '../../../../src/practice/network/innerHttp';
import { createWire } from '../../../../src/practice/network/wire';
import { profiles } from '../../../../src/practice/profile';
import { shellPrograms } from '../../../../src/practice/programs';
import { createShell } from '../../../../src/practice/shell/shell';
import { VirtualTimeline } from '../../../../src/practice/timeline';

export const START = Date.parse('2016-05-20T12:00:00Z');

/** A kernel whose time is really the practice cloud's, whose world is one node. */
export function fakeKernel(
  overrides: Partial<Kernel> = {},
): Kernel & { sections: Map<string, object>; dispose(): void } {
  const timeline =
    overrides.timeline instanceof VirtualTimeline ? overrides.timeline : new VirtualTimeline(Infinity, START);
  const sections = new Map<string, object>();
  let counter = 0;
  // Heartbeats keep no process alive; a test that waits for one is not over.
  const alive = setInterval(() => undefined, 1_000);
  const nothingListens: ModelFetch = () => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1'));
  const kernel: Kernel & { sections: Map<string, object>; dispose(): void } = {
    timeline,
    sections,
    state: {
      section: <T extends object>(name: string, initial: () => T): T => {
        if (!sections.has(name)) {
          sections.set(name, initial());
        }
        return sections.get(name) as T; // The test keeps one type a name.
      },
      changed: () => undefined,
      remove: (name) => void sections.delete(name),
      saved: () => Promise.resolve(),
    },
    random: {
      hex: (digits) => (counter += 1).toString(16).padStart(digits, '0').slice(-digits),
      integer: (low) => low,
      uuid: () => `00000000-0000-4000-8000-${(counter += 1).toString(16).padStart(12, '0')}`,
    },
    network: {
      dropletAt: () => undefined,
      probe: () => 'open',
      areConnected: () => true,
      onChange: () => () => undefined,
    },
    ledger: createLedger(timeline),
    profile: profiles.lab,
    fetch: nothingListens,
    fleetVersion: '1.0',
    host: () => undefined,
    dispose: () => {
      clearInterval(alive);
      timeline.dispose();
    },
    ...overrides,
  };
  return kernel;
}

export function spec(overrides: Partial<HostSpec> = {}): HostSpec {
  return {
    dropletId: 1,
    name: 'deis-1',
    image: { slug: 'coreos-stable', distribution: 'CoreOS', hasFleet: true },
    memoryMb: 512,
    vcpus: 1,
    diskGb: 20,
    regionSlug: 'nyc3',
    publicAddress: '203.0.113.1',
    privateAddress: '10.132.0.1',
    userData: '',
    sshPublicKeys: ['ssh-rsa AAAA deis'],
    ...overrides,
  };
}

export interface Bench {
  readonly kernel: ReturnType<typeof fakeKernel>;
  readonly host: PoweredHost;
}

export function bench(
  options: { spec?: Partial<HostSpec>; kernel?: ReturnType<typeof fakeKernel>; parts?: Partial<HostParts> } = {},
): Bench {
  const kernel = options.kernel ?? fakeKernel();
  const host = createHost(
    {
      kernel,
      programs: PROGRAMS,
      daemons: { '/usr/bin/etcd2': createEtcdDaemon(kernel) },
      shell: createShell,
      ...options.parts,
    },
    spec(options.spec),
  );
  return { kernel, host };
}

/** `size` nodes of one etcd cluster whose members are written in the user data, all booted. */
export async function cluster(size: number, options: ClusterOptions = {}): Promise<Cluster> {
  const hosts: PoweredHost[] = [];
  const timeline = new VirtualTimeline(Infinity, START);
  const kernel = fakeKernel({
    ledger: createLedger(timeline),
    profile: options.profile ?? profiles.lab,
    network: {
      dropletAt: (address) => hosts.find((host) => host.privateAddress === address)?.dropletId,
      probe: (_from, to, port) => (hosts[to - 1]?.listener({ port }) === undefined ? 'refused' : 'open'),
      areConnected: () => true,
      onChange: () => () => undefined,
    },
    host: (dropletId) => hosts[dropletId - 1],
    fetch: innerFetch(timeline, (url, from) =>
      (/^(?:localhost|127)/.test(url.hostname)
        ? from
        : hosts.find((host) => host.privateAddress === url.hostname)
      )?.listener({
        port: Number(url.port === '' ? 80 : url.port),
      }),
    ),
    timeline,
  });
  live.push(() => {
    hosts.forEach((host) => host.cutPower());
    kernel.dispose();
  });
  const etcd = createEtcdDaemon(kernel);
  const numbers = Array.from({ length: size }, (_unused, index) => index + 1);
  const members = numbers.map((number) => `deis-${number}=http://10.132.0.${number}:2380`).join(',');
  for (const number of numbers) {
    hosts.push(
      createHost(
        { kernel, programs: PROGRAMS, daemons: { '/usr/bin/etcd2': etcd }, shell: createShell },
        spec({
          dropletId: number,
          name: `deis-${number}`,
          privateAddress: `10.132.0.${number}`,
          publicAddress: `203.0.113.${number}`,
          userData: nodeUserData(`deis-${number}`, members),
          ...options.spec,
        }),
      ),
    );
  }
  await Promise.all(hosts.map((host) => host.boot()));
  await Promise.all(hosts.map((host) => until(host, 'etcd2.service', 'running')));
  // The type promises three; a test of one node takes the first.
  return { kernel, hosts: hosts as Cluster['hosts'] };
}

type Find = (url: URL, from: Host) => HttpHandler | undefined;

/** HTTP inside the model, over a wire in the process. */
function innerFetch(timeline: VirtualTimeline, find: Find): ModelFetch {
  const inner = new InnerHttp();
  return async (from, { url: text, method, headers, body }) => {
    const url = new URL(text);
    const handler = find(url, from);
    if (handler === undefined) {
      throw new Error(`connect ECONNREFUSED ${url.host}`);
    }
    const [near, far] = createWire({ settle: (turns) => timeline.settle(turns), remoteAddress: from.privateAddress });
    inner.accept(far, handler);
    return await new Promise((resolve, reject) => {
      const path = url.pathname + url.search;
      const outgoing = httpRequest(
        { method, path, createConnection: () => near, headers: { host: url.host, connection: 'close', ...headers } },
        (incoming) => {
          let text = '';
          incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: {}, body: text }));
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  };
}

const live: (() => void)[] = [];

/** To be called after each test that made a cluster, whatever came of it: time would run on. */
export function disposeClusters(): void {
  live.splice(0).forEach((dispose) => dispose());
}

export interface ClusterOptions {
  readonly spec?: Partial<HostSpec>;
  readonly profile?: Profile;
}

export interface Cluster {
  readonly kernel: ReturnType<typeof fakeKernel>;
  /** So many as were asked for; three names so that a test can take them apart. */
  readonly hosts: [PoweredHost, PoweredHost, PoweredHost];
}

export const PROGRAMS: readonly Program[] = [...shellPrograms, ...hostPrograms, ...dockerPrograms, ...etcdPrograms];

const nodeUserData = (name: string, members: string): string => `#cloud-config
coreos:
  etcd2:
    name: ${name}
    initial-cluster: ${members}
    initial-cluster-state: new
    advertise-client-urls: http://$private_ipv4:2379
    initial-advertise-peer-urls: http://$private_ipv4:2380
    listen-client-urls: http://0.0.0.0:2379,http://0.0.0.0:4001
    listen-peer-urls: http://$private_ipv4:2380
  units:
    - name: etcd2.service
      command: start
write_files:
  - path: /etc/deis-release
    content: DEIS_RELEASE=v1.13.1
  - path: /run/deis/bin/get_image
    permissions: '0755'
    content: |
      #!/bin/bash
      source /etc/deis-release
      IMAGE=$1:$DEIS_RELEASE
      echo \${IMAGE#/}
`;

/** Lets everything that is due at this moment happen. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise(setImmediate);
  }
};

export const journalOf = (host: PoweredHost, unit: string): string[] =>
  host.journal.read({ unit }).map(({ identifier, text }) => `${identifier}: ${text}`);

/** Resolves when a unit has come to a sub state. */
export function until(host: PoweredHost, unit: string, sub: string): Promise<void> {
  return new Promise((resolve) => {
    if (host.systemd.status(unit).sub === sub) {
      resolve();
      return;
    }
    const cancel = host.systemd.onChange((status) => {
      if (status.name === unit && status.sub === sub) {
        cancel();
        resolve();
      }
    });
  });
}

/** A booted node for as long as `use` takes. */
export async function withNode(
  options: Parameters<typeof bench>[0],
  use: (node: Bench) => Promise<void>,
): Promise<void> {
  const node = bench(options);
  try {
    await node.host.boot();
    await until(node.host, 'multi-user.target', 'active');
    await use(node);
  } finally {
    node.host.cutPower();
    node.kernel.dispose();
  }
}

/** The same node in another process: what the first had written down is all that is left of it. */
export function afterKill({ kernel, host }: Bench, options: Parameters<typeof bench>[0] = {}): Bench {
  const sections = structuredClone(kernel.sections);
  host.cutPower();
  const next = fakeKernel();
  for (const [name, section] of sections) {
    next.sections.set(name, section);
  }
  const restarted = bench({ ...options, kernel: next });
  restarted.host.resume();
  return restarted;
}

/** Resolves when `holds`, looked at whenever a unit changes and twice a second. */
export function untilTrue(host: PoweredHost, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (holds()) {
        cancels.forEach((cancel) => cancel());
        resolve();
      }
    };
    const cancels = [insideOf(host).kernel.timeline.every(500, look), host.systemd.onChange(look)];
    look();
  });
}
