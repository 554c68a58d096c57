import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler } from '../../kernel';
import { readBody } from '../../etcd/http/reply';
import { writeGoHead } from '../../network/goHead';
import { goJson } from '../../network/goJson';
import { METRICS_TYPE } from '../../network/goMetrics';
import { parseGoTarget } from '../../network/goTarget';
import type { EngineCounts } from '../engineCounts';
import type { FleetApi } from '../server';
import { serverHeader } from '../version';
import { FleetApiError } from './errors';
import { handleFleet, type FleetReply } from './handle';
import { describeFleet, hasMetrics } from './metrics';

/** fleet's API on its unix socket. */
export function serveFleet(fleet: FleetApi, counts: EngineCounts): HttpHandler {
  return (request, response) => {
    answer({ fleet, counts }, request, response).catch(() => response.destroy());
  };
}

interface Served {
  readonly fleet: FleetApi;
  readonly counts: EngineCounts;
}

async function answer({ fleet, counts }: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const target = parseGoTarget(request.url ?? '/');
  if (target === undefined) {
    refuseTarget(response);
    return;
  }
  if (hasMetrics(fleet, target.path)) {
    sendMetrics({ fleet, counts }, response);
    return;
  }
  const call = {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    contentType: contentTypesOf(request),
    body,
  };
  const reply = await replyTo(fleet, call);
  write(fleet, response, reply);
}

export async function replyTo(
  fleet: FleetApi,
  call: Parameters<typeof handleFleet>[1],
): Promise<FleetReply & { text?: string }> {
  try {
    const reply = await handleFleet(fleet, call);
    return reply.body === undefined ? reply : { ...reply, text: goJson(reply.body) };
  } catch (error) {
    if (!(error instanceof FleetApiError)) {
      throw error;
    }
    const body = { error: { code: error.status, message: error.message } };
    return { status: error.status, body, text: goJson(body) };
  }
}

function sendMetrics({ fleet, counts }: Served, response: ServerResponse): void {
  const now = fleet.kernel.timeline.now();
  const text = describeFleet(counts, now);
  const headers = { 'Content-Type': METRICS_TYPE, Server: serverHeader(fleet.version) };
  writeGoHead(response, {
    status: 200,
    headers,
    now: fleet.kernel.timeline.now(),
    bodyLength: Buffer.byteLength(text),
  });
  response.end(text);
}

/** Go's server refuses what it can't read before fleet sees it, and hangs up. */
function refuseTarget(response: ServerResponse): void {
  response.removeHeader('Transfer-Encoding');
  response.sendDate = false;
  response.writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end('400 Bad Request');
}

/** Node keeps the first of several only. */
const contentTypesOf = ({ rawHeaders }: IncomingMessage): string[] =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'content-type');

/** What Go's mux writes to whoever is sent on (net/http, `Redirect`). */
function redirect(fleet: FleetApi, response: ServerResponse, location: string): void {
  const isGet = response.req.method === 'GET';
  const hasType = isGet || response.req.method === 'HEAD';
  const escaped = location.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll("'", '&#39;');
  const text = isGet ? `<a href="${escaped}">Moved Permanently</a>.\n\n` : '';
  writeGoHead(response, {
    status: 301,
    headers: {
      ...(hasType && { 'Content-Type': 'text/html; charset=utf-8' }),
      ...{ Location: location, Server: serverHeader(fleet.version) },
    },
    now: fleet.kernel.timeline.now(),
    bodyLength: hasType && !isGet ? undefined : Buffer.byteLength(text),
  });
  response.end(text);
}

function write(fleet: FleetApi, response: ServerResponse, reply: FleetReply & { text?: string }): void {
  // The 503 of a fleetd without etcd comes before the middleware that names the server.
  const server = reply.status === 503 ? {} : { Server: serverHeader(fleet.version) };
  const { status, text, location } = reply;
  if (location !== undefined) {
    redirect(fleet, response, location);
    return;
  }
  const headers = {
    ...((text !== undefined || reply.hasType === true) && { 'Content-Type': 'application/json' }),
    ...server,
  };
  const bodyLength = Buffer.byteLength(text ?? '');
  writeGoHead(response, { status, headers, now: fleet.kernel.timeline.now(), bodyLength });
  response.end(text);
}
