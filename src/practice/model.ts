import type { Duplex } from 'node:stream';
import { createDiscoveryHandler } from './api/discovery/handler';
import { Registry } from './api/discovery/registry';
import { catalogues } from './cloud/catalogue/catalogue';
import { createCloud, type Cloud } from './cloud/cloud';
import type { PowerListener } from './cloud/machine';
import type { PracticeOptions } from './commandLine';
import { composeNodes, type Nodes } from './compose';
import { INSTALLER_SITE } from './deisctl/installer';
import { stateDisks } from './disks';
import { createEffects } from './faults/effects';
import { Faults } from './faults/faults';
import type { Foundation } from './foundation';
import type { HttpHandler, PoweredHost } from './kernel';
import { deisSite } from './network/deisSite';
import { createModelFetch } from './network/fetch';
import { Gates } from './network/gates';
import { InnerHttp } from './network/innerHttp';
import { Internet } from './network/internet';
import { createMetadataSite, METADATA_ADDRESS } from './network/metadata';
import { PracticeNetwork } from './network/network';

const SSH_PORT = 22;

/** The world that is practised on: a cloud, its nodes, and what lies between them and everybody else. */
export interface Model {
  readonly cloud: Cloud;
  readonly faults: Faults;
  readonly gates: Gates;
  readonly discovery: HttpHandler;
  dispose(): void;
}

interface Between {
  readonly faults: Faults;
  readonly network: PracticeNetwork;
  readonly inner: InnerHttp;
  readonly nodes: Nodes;
  readonly host: (id: number) => PoweredHost | undefined;
}

/** The parts know each other through the cloud, which is made last: nothing asks for it before. */
export function createModel(foundation: Foundation, options: PracticeOptions): Model {
  const { state, random, ports, timeline } = foundation;
  const faults = new Faults(state, random, timeline);
  const host = (id: number): PoweredHost | undefined => cloud.lifecycle.host(id);
  const network = new PracticeNetwork({
    droplets: () => cloud.store.data.droplets,
    droplet: (id) => cloud.store.droplet(id),
    host,
    covering: (droplet) => cloud.firewalls.covering(droplet),
    isHung: (id) => faults.isHung(id),
    areSplit: (a, b) => faults.areSplit(a, b),
    isClosed: (id, port) => port === SSH_PORT && faults.of('ssh-refuses', id) !== undefined,
  });
  const [internet, inner] = [new Internet(), new InnerHttp()];
  const discovery = createDiscoveryHandler(new Registry(state, random, () => timeline.now()), () => ports.origin);
  const isOwnPort = (port: number): boolean => ports.has(port);
  const fetch = createModelFetch({ ...foundation, network, internet, inner, host, isOwnPort, discovery });
  const nodes = composeNodes({
    ...{ ...foundation, network, fetch, host, fleetVersion: options.fleetVersion },
    clockOffsetMs: (id) => faults.clockOffsetMs(id),
  });
  const between = { faults, network, inner, nodes, host };
  const gates = openGates(foundation, between);
  const cloud = openCloud(foundation, { ...between, gates, options });
  serveSites(internet, cloud, options);
  faults.effects = createEffects({
    host,
    cutPower: (id) => cloud.lifecycle.crash(id),
    restorePower: (id) => cloud.lifecycle.recover(id),
    resetConnections: (id, port) => gates.reset(id, port),
  });
  return {
    ...{ cloud, faults, gates, discovery },
    dispose() {
      faults.dispose();
      gates.dispose();
      inner.dispose();
    },
  };
}

function openGates({ timeline, touch }: Foundation, { network, faults, inner, nodes, host }: Between): Gates {
  const gates = new Gates({
    ...{ settle: (turns) => timeline.settle(turns), touch },
    probe: (id, port) => network.probe('internet', id, port),
    isStalled: (id) => faults.isHung(id),
    breaksAfter: (id, port) => (port === SSH_PORT ? faults.of('ssh-breaks', id)?.afterBytes : undefined),
    isClosed: (id, port) => port === SSH_PORT && faults.of('ssh-refuses', id) !== undefined,
    hangsAfter: (id, port) => (port === SSH_PORT ? faults.of('ssh-hangs', id)?.afterBytes : undefined),
    deliver(id, port, stream) {
      const handler = port === SSH_PORT ? undefined : host(id)?.listener({ port });
      if (port === SSH_PORT) nodes.acceptSsh(id, stream);
      else if (handler?.greet !== undefined) greet(stream, handler.greet());
      else if (handler !== undefined) inner.accept(stream, handler);
    },
  });
  network.onChange(() => gates.evaluate());
  faults.onChange = () => network.changed();
  return gates;
}

function greet(stream: Duplex, text: string | undefined): void {
  stream.resume();
  if (text === undefined) stream.end();
  else stream.write(text);
}

function openCloud(foundation: Foundation, rest: Between & { gates: Gates; options: PracticeOptions }): Cloud {
  const { state } = foundation;
  const { network, nodes, gates, faults, options } = rest;
  const listener: PowerListener = {
    cut: (id) => gates.freeze(id),
    on: (id) => faults.powerIsBack(id),
    changed: () => network.changed(),
    gone(id) {
      gates.close(id);
      nodes.forget(id);
      faults.forgetDroplet(id);
      network.forget(id);
    },
  };
  const cloud = createCloud({
    ...{ ...foundation, catalogue: catalogues[options.catalogue], listener },
    createHost: (spec) => nodes.createHost(spec),
    disks: stateDisks(state, rest.host),
  });
  cloud.firewalls.onChange = () => network.changed();
  return cloud;
}

function serveSites(internet: Internet, cloud: Cloud, { catalogue }: PracticeOptions): void {
  internet.serve(METADATA_ADDRESS, createMetadataSite(cloud));
  // Deis' installer is long gone; nobody serves it today.
  if (catalogue === '2016') internet.serve(INSTALLER_SITE, deisSite);
}
