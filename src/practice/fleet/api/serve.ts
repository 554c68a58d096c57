import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler } from '../../kernel';
import { readBody } from '../../etcd/http/reply';
import { writeGoHead } from '../../network/goHead';
import { goJson } from '../../network/goJson';
import type { FleetApi } from '../server';
import { serverHeader } from '../version';
import { FleetApiError } from './errors';
import { handleFleet, type FleetReply } from './handle';

/** fleet's API on its unix socket. */
export function serveFleet(fleet: FleetApi): HttpHandler {
  return (request, response) => {
    answer(fleet, request, response).catch(() => response.destroy());
  };
}

async function answer(fleet: FleetApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const call = {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    contentType: request.headers['content-type'],
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

function write(fleet: FleetApi, response: ServerResponse, reply: FleetReply & { text?: string }): void {
  // The 503 of a fleetd without etcd comes before the middleware that names the server.
  const server = reply.status === 503 ? {} : { Server: serverHeader(fleet.version) };
  const { status, text } = reply;
  const headers = { ...(text !== undefined && { 'Content-Type': 'application/json' }), ...server };
  const bodyLength = Buffer.byteLength(text ?? '');
  writeGoHead(response, { status, headers, now: fleet.kernel.timeline.now(), bodyLength });
  response.end(text);
}
