import path from 'node:path';
import type { EngineOptions } from '../core/engine';
import { ClusterError } from '../core/errors';
import type { ProviderName } from '../core/model/cluster';
import type { Clock, CloudApi, Dialer, Disposable, DiscoveryApi, FaultApi, Provider } from '../core/ports';
import { tokenSecret } from '../core/secretKeys';
import { createCloudApi } from './digitalocean/cloudApi';
import { createEtcdApi } from './etcd/etcdApi';
import { createFleetApi } from './fleet/fleetApi';
import { createClock, createScaledClock } from './net/clock';
import { createDialer } from './net/dialer';
import { createDiscoveryApi } from './net/discovery';
import { serviceOrigin } from './net/serviceUrl';
import { createPracticeDialer } from './practice/dialer';
import { createFaultApi } from './practice/faults';
import { PracticeCloud } from './practice/practiceCloud';
import { createNodeGateway } from './ssh/gateway';

/** Real milliseconds between two questions whether a node is alive. */
const KEEPALIVE_MS = 10_000;
const LEAST_KEEPALIVE_MS = 2_000;

export interface Providers extends Disposable {
  /** Opened once and shared. @throws ClusterError practiceUnavailable */
  open(name: ProviderName): Promise<Provider>;
  /** DigitalOcean with a token that is not stored. */
  cloudWithToken(token: string): CloudApi;
}

export function createProviders(options: EngineOptions): Providers {
  const opened = new Map<ProviderName, Opened>();
  const open = (name: ProviderName): Opened => {
    const known = opened.get(name) ?? (name === 'practice' ? openPractice(options) : openDigitalOcean(options));
    opened.set(name, known);
    return known;
  };
  const clock = createClock();
  return {
    async open(name) {
      const known = open(name);
      await known.ready();
      return known.provider;
    },
    cloudWithToken: (token) =>
      createCloudApi({ clock, endpoint: async () => await digitalOceanEndpoint(options, token) }),
    dispose: () => opened.forEach((known) => known.dispose()),
  };
}

interface Opened extends Disposable {
  readonly provider: Provider;
  /** Before each use: the practice process may have to be started again. */
  ready(): Promise<void>;
}

function openDigitalOcean(options: EngineOptions): Opened {
  const clock = createClock();
  const cloud = createCloudApi({
    clock,
    // Asked at each request: a new token, or another address, counts at once.
    endpoint: async () => await digitalOceanEndpoint(options, await options.secrets.get(tokenSecret('digitalocean'))),
  });
  const discovery = createDiscoveryApi({ serviceUrl: () => Promise.resolve(options.settings().discoveryUrl) });
  const provider = assemble({ clock, cloud, discovery, dialer: createDialer(clock), keepaliveMs: () => KEEPALIVE_MS });
  return { provider, ready: () => Promise.resolve(), dispose: () => provider.nodes.dispose() };
}

function openPractice(options: EngineOptions): Opened {
  const clock = createScaledClock();
  let keepaliveMs = LEAST_KEEPALIVE_MS;
  const practice = new PracticeCloud({
    main: options.practiceMain,
    stateFolder: path.join(options.storagePath, 'practice'),
    secrets: options.secrets,
    settings: () => ({ speed: options.settings().practiceSpeed, catalogue: options.settings().practiceCatalogue }),
    onOpen(info) {
      clock.sync(info);
      if (info.notice !== undefined) {
        options.log.warn(info.notice);
      }
      const scaled = info.speed === 'max' ? 0 : KEEPALIVE_MS / info.speed;
      keepaliveMs = Math.max(LEAST_KEEPALIVE_MS, scaled);
    },
  });
  const cloud = createCloudApi({
    clock,
    async endpoint() {
      const { api, token } = await practice.open();
      return { origin: api, token };
    },
  });
  const discovery = createDiscoveryApi({ serviceUrl: async () => (await practice.open()).info.discovery });
  const dialer = createPracticeDialer({ clock, open: async () => await practice.open() });
  const faults = createFaultApi(async () => await practice.open());
  const provider = assemble({ clock, cloud, discovery, dialer, faults, keepaliveMs: () => keepaliveMs });
  return {
    provider,
    async ready() {
      await practice.open();
    },
    dispose() {
      provider.nodes.dispose();
      practice.dispose();
    },
  };
}

interface Parts {
  readonly clock: Clock;
  readonly cloud: CloudApi;
  readonly discovery: DiscoveryApi;
  readonly dialer: Dialer;
  readonly faults?: FaultApi;
  readonly keepaliveMs: () => number;
}

function assemble({ keepaliveMs, ...parts }: Parts): Provider {
  const nodes = createNodeGateway({ dialer: parts.dialer, clock: parts.clock, keepaliveMs });
  return { ...parts, nodes, fleet: createFleetApi(), etcd: createEtcdApi() };
}

/** @throws ClusterError tokenMissing, tokenRejected, invalidInput */
function digitalOceanEndpoint(
  options: EngineOptions,
  token: string | undefined,
): Promise<{ origin: string; token: string }> {
  if (token === undefined || token === '') {
    throw new ClusterError('There is no DigitalOcean token yet.', { code: 'tokenMissing', remedy: 'setToken' });
  }
  // What is pasted often has a line break in it; in a header it would be refused with words that show the token.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ClusterError('This is not a DigitalOcean token: it contains blanks or other characters that none has.', {
      code: 'tokenRejected',
      remedy: 'setToken',
    });
  }
  const origin = serviceOrigin(options.settings().apiUrl, 'The address of DigitalOcean’s API');
  return Promise.resolve({ origin, token });
}
