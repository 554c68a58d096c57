import type { ProgramContext } from '../../programs/program';
import type { EtcdClient } from '../api';
import { mayTouch, type Credentials } from '../auth/access';
import { MemberClient } from '../client';
import type { Member } from '../member';
import { hostOf, worldOf } from '../world';

export const DEFAULT_ENDPOINTS = ['http://127.0.0.1:2379', 'http://127.0.0.1:4001'];
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]', '0.0.0.0']);
/** A neighbour that lost power is forgotten by ARP about a minute later; before that a connection just hangs. */
const ARP_MS = 55_000;
const DIAL_TIMEOUT_MS = 5_000;
const NO_ROUTE_MS = 1_000;

export interface Endpoint {
  readonly url: string;
  /** Undefined when nothing answers there. */
  readonly client: EtcdClient | undefined;
  readonly member: Member | undefined;
}

/** What answers behind a client URL, seen from this node. */
export function findEndpoint(context: ProgramContext, url: string): Endpoint {
  const { host } = context;
  const isHere = LOOPBACK.has(hostOf(url)) || hostOf(url) === host.privateAddress;
  if (isHere) {
    const listener = host.listener({ port: portOf(url) });
    const isClosed = listener?.isLocal === true && !LOOPBACK.has(hostOf(url));
    const api = listener === undefined || isClosed ? undefined : host.daemon('etcd');
    return { url, client: api?.client, member: api?.member() };
  }
  const member = worldOf(host)?.memberAt(host.dropletId, url);
  const listener = member?.host.listener({ port: portOf(url) });
  return member === undefined || listener === undefined || listener.isLocal === true
    ? { url, client: undefined, member: undefined }
    : { url, client: new MemberClient(member), member };
}

/** Waits as the connection attempt does, and says why it came to nothing, in Go's words. */
export async function dialProblem(context: ProgramContext, url: string): Promise<string> {
  const address = `${hostOf(url)}:${portOf(url)}`;
  const world = worldOf(context.host);
  const silentMs = world?.silentMs(url) ?? Infinity;
  const dropletId = world?.kernel.network.dropletAt(hostOf(url));
  const isReached =
    LOOPBACK.has(hostOf(url)) ||
    dropletId === context.host.dropletId ||
    (dropletId !== undefined && world?.kernel.network.areConnected(context.host.dropletId, dropletId) === true);
  if (isReached) {
    return `dial tcp ${address}: connect: connection refused`;
  }
  if (silentMs < ARP_MS) {
    await context.timeline.sleep(DIAL_TIMEOUT_MS, context.signal);
    return `dial tcp ${address}: i/o timeout`;
  }
  await context.timeline.sleep(NO_ROUTE_MS, context.signal);
  return `dial tcp ${address}: connect: no route to host`;
}

export function portOf(url: string): number {
  return Number(/:(\d+)\/?$/.exec(url)?.[1] ?? 80);
}

/** A client that asks the first endpoint that answers; the problems of all when none does. */
export async function connect(
  context: ProgramContext,
  urls: readonly string[],
  credentials?: Credentials,
): Promise<EtcdClient | string> {
  const found = urls.map((url) => findEndpoint(context, url));
  const first = found.find(({ client }) => client !== undefined);
  if (first?.client !== undefined) {
    const { client, member } = first;
    return member === undefined
      ? unavailable(['proxy: zero endpoints currently available'])
      : credentials === undefined
        ? client
        : new MemberClient(member, (asked, access) => mayTouch(asked, credentials, access));
  }
  const problems: string[] = [];
  for (const url of urls) {
    problems.push(await dialProblem(context, url));
  }
  return unavailable(problems);
}

export const unavailable = (problems: readonly string[]): string =>
  `client: etcd cluster is unavailable or misconfigured; ${problems
    .map((problem, at) => `error #${at}: ${problem}\n`)
    .join('; ')}`;

/** The problems alone, a line each: etcdctl prints them once more by themselves. */
export const detailOf = (problem: string): string =>
  problem.slice(problem.indexOf('; ') + 2).replaceAll('\n; error', '\nerror');
