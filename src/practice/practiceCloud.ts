import type { Duplex } from 'node:stream';
import { Attachments } from './api/control/attachments';
import { createControlHandler } from './api/control/handler';
import { createDiscoveryHandler } from './api/discovery/handler';
import { Registry } from './api/discovery/registry';
import { PracticeServer } from './api/server';
import { createV2Handler } from './api/v2/handler';
import { hashToken } from './cloud/accounts';
import { catalogues } from './cloud/catalogue/catalogue';
import { createCloud, type Cloud } from './cloud/cloud';
import { ClockFile } from './clockFile';
import type { PracticeOptions } from './commandLine';
import { composeNodes } from './compose';
import { Faults } from './faults/faults';
import type { Kernel } from './kernel';
import { createLedger } from './ledger';
import { INSTALLER_SITE } from './deisctl/installer';
import { deisSite } from './network/deisSite';
import { createModelFetch } from './network/fetch';
import { Gates } from './network/gates';
import { InnerHttp } from './network/innerHttp';
import { Internet } from './network/internet';
import { createMetadataSite, METADATA_ADDRESS } from './network/metadata';
import { PracticeNetwork } from './network/network';
import { profiles } from './profile';
import { createRandom } from './random';
import { JsonStateFile } from './stateFile';
import { VirtualTimeline } from './timeline';

export interface PracticeCloud {
  /** `http://127.0.0.1:8400`. */
  readonly origin: string;
  readonly notice: string | undefined;
  readonly attachments: Attachments;
  dispose(): Promise<void>;
}

/** Ports that this state's practice cloud has had: user data of living droplets names them as the discovery service's. */
interface PortsState {
  ports: number[];
}

/** Builds the whole from its parts, listens, and carries on with whatever the state file says was under way. */
export async function startPracticeCloud(
  options: PracticeOptions & { readonly stateFolder: string },
  report: (error: unknown) => void,
): Promise<PracticeCloud> {
  const state = new JsonStateFile(options.stateFolder);
  const clock = state.section('clock', () => ({ now: Date.now() }));
  const clockFile = new ClockFile(options.stateFolder);
  const timeline = new VirtualTimeline(options.speed, Math.max(clock.now, clockFile.read()));
  clockFile.keep(timeline);
  const touch = (): void => {
    clockFile.see();
    timeline.touch();
  };
  state.beforeSave('clock', () => (clock.now = timeline.now()));
  const own = state.section<PortsState>('ports', () => ({ ports: [] }));
  const origin = (): string => `http://127.0.0.1:${own.ports.at(-1) ?? 0}`;
  const random = createRandom(state, options.seed);
  const ledger = createLedger(timeline);
  const profile = profiles[options.profile];
  const settle = (turns: number): void => timeline.settle(turns);

  const faults = new Faults(state, random);

  const network = new PracticeNetwork({
    droplets: () => cloud.store.data.droplets,
    droplet: (id) => cloud.store.droplet(id),
    host: (id) => cloud.lifecycle.host(id),
    covering: (droplet) => cloud.firewalls.covering(droplet),
    isHung: (id) => faults.isHung(id),
    areSplit: (a, b) => faults.areSplit(a, b),
  });
  const internet = new Internet();
  const inner = new InnerHttp();
  const discovery = createDiscoveryHandler(new Registry(state, random), origin);
  const host = (id: number) => cloud.lifecycle.host(id);
  const isOwnPort = (port: number): boolean => own.ports.includes(port);
  const fetch = createModelFetch({ network, internet, inner, timeline, host, isOwnPort, discovery });
  const kernel: Kernel = {
    ...{ timeline, state, random, network, ledger, profile, fetch, fleetVersion: options.fleetVersion, host },
  };
  const nodes = composeNodes(kernel);
  const gates = new Gates({
    ...{ settle, touch },
    probe: (id, port) => network.probe('internet', id, port),
    isStalled: (id) => faults.isHung(id),
    breaksAfter: (id, port) => (port === 22 ? faults.sshBreaksAfter(id) : undefined),
    deliver: (id, port, stream) => {
      const handler = port === 22 ? undefined : host(id)?.listener({ port });
      if (port === 22) nodes.acceptSsh(id, stream);
      else if (handler?.greet !== undefined) greet(stream, handler.greet());
      else if (handler !== undefined) inner.accept(stream, handler);
    },
  });
  const cloud: Cloud = createCloud({
    ...{ state, timeline, random, ledger, profile, catalogue: catalogues[options.catalogue] },
    createHost: (spec) => nodes.createHost(spec),
    listener: {
      cut: (id) => gates.freeze(id),
      changed: () => network.changed(),
      gone: (id) => {
        gates.close(id);
        nodes.forget(id);
        faults.forgetDroplet(id);
        network.forget(id);
      },
    },
    removeSections: (id) => {
      for (const name of state.sectionNames()) if (name.endsWith(`/${id}`)) state.remove(name);
    },
  });
  network.onChange(() => gates.evaluate());
  cloud.firewalls.onChange = () => network.changed();
  faults.onChange = () => network.changed();
  internet.serve(METADATA_ADDRESS, createMetadataSite(cloud));
  // Its installer is long gone; nobody serves it today.
  if (options.catalogue === '2016') internet.serve(INSTALLER_SITE, deisSite);
  setUpAccounts(cloud, options);

  const attachments = new Attachments();
  const mainToken = hashToken(options.token);
  const server = new PracticeServer({
    ...{ timeline, touch, discovery, faults, v2: createV2Handler(cloud, report) },
    control: createControlHandler(
      {
        ...{ cloud, ledger, profile, timeline, attachments, faults, origin, fleetVersion: options.fleetVersion },
        ...{ notice: state.notice, portsOf: (id) => gates.portsOf(id) },
        isMainToken: (token) => hashToken(token) === mainToken,
      },
      report,
    ),
  });
  const port = await listen(server, options.port, own.ports.at(-1) ?? 0);
  own.ports = [...own.ports.filter((other) => other !== port), port];
  state.changed('ports');
  cloud.firewalls.resume();
  cloud.lifecycle.resume();
  await state.saved();

  return {
    ...{ origin: origin(), notice: state.notice, attachments },
    async dispose() {
      attachments.dispose();
      await clockFile.dispose();
      timeline.dispose(); // from here on nothing happens any more
      await server.close();
      gates.dispose();
      inner.dispose();
      await state.dispose();
    },
  };
}

function greet(stream: Duplex, text: string | undefined): void {
  stream.resume();
  if (text === undefined) stream.end();
  else stream.write(text);
}

/** The port asked for, else the one of the last time, else any. */
async function listen(server: PracticeServer, asked: number, last: number): Promise<number> {
  if (asked !== 0) return await server.listen(asked);
  try {
    return await server.listen(last);
  } catch (error) {
    if (last === 0) throw error;
    return await server.listen(0);
  }
}

/** The given token's account, which may also be read only, and another account beside it. */
function setUpAccounts(cloud: Cloud, { token, accounts }: PracticeOptions): void {
  cloud.accounts.put({
    name: 'Practice',
    tokens: [
      { token, scopes: ['*'] },
      { token: `${token}-read`, scopes: ['read'] },
    ],
  });
  cloud.accounts.put({ name: 'Second', tokens: [{ token: `${token}-second`, scopes: ['*'] }] });
  for (const account of accounts) cloud.accounts.put(account);
}
