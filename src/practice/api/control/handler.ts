import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cloud } from '../../cloud/cloud';
import { badRequest, notFound, Refusal, unauthorized } from '../../cloud/refusal';
import { PUBLIC_PORTS } from '../../network/gates';
import type { Ledger, Profile, Timeline } from '../../kernel';
import type { Faults } from '../../faults/faults';
import { bearerToken, readJson, replyOf, send, type Reply } from '../http';
import { parseAccounts } from './accounts';
import type { Attachments } from './attachments';
import { addFault, listFaults, removeFault } from './faults';

export interface ControlParts {
  readonly cloud: Cloud;
  readonly ledger: Ledger;
  readonly profile: Profile;
  readonly timeline: Timeline;
  readonly fleetVersion: string;
  /** Something that the user should know, such as a state file that was damaged. */
  readonly notice: string | undefined;
  readonly attachments: Attachments;
  readonly faults: Faults;
  readonly isMainToken: (token: string) => boolean;
  readonly origin: () => string;
  /** Without `wanted` all of a droplet's public ports. */
  readonly portsOf: (dropletId: number, wanted?: readonly number[]) => Promise<Readonly<Record<string, number>>>;
}

type ControlRoute = (request: IncomingMessage, url: URL) => Reply | Promise<Reply>;

/** `/practice/*`: what only a practice cloud has. It wants the token that the process was started with. */
export function createControlHandler(parts: ControlParts, report: (error: unknown) => void) {
  const routes: Readonly<Record<string, ControlRoute>> = {
    'GET /practice/info': () => ({ status: 200, body: info(parts) }),
    'GET /practice/nodes': async (_request, url) => ({ status: 200, body: { nodes: await nodes(parts, url) } }),
    'GET /practice/ledger': () => ({ status: 200, body: bill(parts) }),
    'GET /practice/accounts': () => ({ status: 200, body: { accounts: listAccounts(parts.cloud) } }),
    'GET /practice/faults': () => listFaults(parts.faults),
    'POST /practice/faults': async (request) => addFault(parts, await readJson(request)),
    'DELETE /practice/faults': (_request, url) => removeFault(parts.faults, url.searchParams.get('id') ?? undefined),
    'PUT /practice/accounts': async (request) => {
      for (const spec of parseAccounts(await readJson(request))) parts.cloud.accounts.put(spec);
      return { status: 200, body: { accounts: listAccounts(parts.cloud) } };
    },
  };

  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    let reply: Reply;
    try {
      if (!parts.isMainToken(bearerToken(request) ?? '')) throw unauthorized();
      const what = `${request.method ?? 'GET'} ${url.pathname}`;
      if (what === 'GET /practice/attach') {
        parts.attachments.attach(request, response);
        return;
      }
      const route = routes[what];
      if (route === undefined) throw notFound();
      reply = await route(request, url);
      // What is answered outlives the process, however it ends.
      if (request.method !== 'GET') await parts.cloud.store.saved();
    } catch (error) {
      if (!(error instanceof Refusal)) report(error);
      reply = replyOf(error, 'practice');
    }
    send(response, reply);
  };
}

function info({ timeline, cloud, profile, fleetVersion, notice, origin }: ControlParts): object {
  return {
    speed: Number.isFinite(timeline.speed) ? timeline.speed : 'max',
    ...{ catalogue: cloud.catalogue.name, profile: profile.name, fleet: fleetVersion, now: timeline.now() },
    ...{ discovery: origin(), ...(notice !== undefined && { notice }) },
  };
}

/**
 * Where each droplet's public ports listen on this machine. `?address=` and `?name=` ask for one droplet, `?port=` for one port of
 * each: opening seventeen for each of hundreds takes seconds.
 */
async function nodes({ cloud, portsOf }: ControlParts, url: URL): Promise<object[]> {
  const asked = (key: string): string | undefined => url.searchParams.get(key) ?? undefined;
  const [address, name, port] = [asked('address'), asked('name'), asked('port')];
  const wanted = cloud.store.data.droplets.filter(
    (droplet) =>
      droplet.publicAddress !== undefined &&
      droplet.goneAt === undefined &&
      (address === undefined || droplet.publicAddress === address) &&
      (name === undefined || droplet.name === name),
  );
  const only = port === undefined ? undefined : [publicPort(port)];
  return await Promise.all(
    wanted.map(async (droplet) => ({
      ...{ dropletId: droplet.id, name: droplet.name, publicAddress: droplet.publicAddress },
      ports: await portsOf(droplet.id, only),
    })),
  );
}

function publicPort(text: string): number {
  const port = PUBLIC_PORTS.find((one) => String(one) === text);
  if (port === undefined) throw badRequest(`port: ${text} is none of the public ports ${PUBLIC_PORTS.join(', ')}`);
  return port;
}

function bill({ cloud, ledger, timeline }: ControlParts): object {
  const charges = cloud.billing.list(timeline.now());
  const total = Math.round(charges.reduce((sum, charge) => sum + charge.cost, 0) * 1e6) / 1e6;
  return { now: timeline.now(), delays: ledger.delays, charges, total };
}

function listAccounts(cloud: Cloud): object[] {
  return cloud.accounts.all.map(({ tokens, ...account }) => ({
    ...{ ...account, scopes: tokens.map((token) => token.scopes) },
  }));
}
