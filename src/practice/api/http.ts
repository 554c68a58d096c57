import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiLie } from '../../core/model/fault';
import { badRequest, Refusal } from '../cloud/refusal';
import { tellLie, type Answer } from '../faults/lies';

/** What a handler answers; without a body the reply is empty (204). */
export interface Reply {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Far above a create call with 64 KiB of user data. */
const MOST_BODY_BYTES = 1024 * 1024;
/** So much more is read and thrown away: a client that is still sending does not hear why it was refused. */
const MOST_HEARD_BYTES = 64 * MOST_BODY_BYTES;

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      const bytes = chunk as Buffer; // an undecoded stream gives buffers
      size += bytes.length;
      if (size > MOST_HEARD_BYTES) break;
      if (size <= MOST_BODY_BYTES) chunks.push(bytes);
      else chunks.length = 0;
    }
  } catch {
    // Nobody hears this any more: whoever was sending has gone, or was cut off for being too slow.
    throw new Refusal(408, 'request_timeout', 'The request did not come to its end.');
  }
  if (size > MOST_BODY_BYTES) throw new Refusal(413, 'payload_too_large', 'The request body is too large.');
  return Buffer.concat(chunks).toString('utf8');
}

/** The request's JSON; an empty object when there is no body. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request);
  if (text.trim() === '') return {};
  const type = request.headers['content-type'] ?? 'application/json';
  if (!/^application\/json\b/i.test(type)) {
    throw new Refusal(415, 'unsupported_media_type', 'The request body must be application/json.');
  }
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw badRequest('Error parsing JSON: the request body is malformed.');
  }
}

const lost = new WeakSet<ServerResponse>();

/** The connection will break instead of carrying the reply. */
export function loseReply(response: ServerResponse): void {
  lost.add(response);
}

const lies = new WeakMap<ServerResponse, ApiLie>();

/** The reply will say something else than what is so. */
export function lieInReply(response: ServerResponse, lie: ApiLie): void {
  lies.set(response, lie);
}

export function send(response: ServerResponse, reply: Reply): void {
  if (lost.has(response)) {
    response.destroy();
    return;
  }
  const answer = answerOf(reply, lies.get(response), response.req.method === 'GET');
  response.writeHead(reply.status, {
    ...(answer === undefined ? {} : { 'content-type': answer.type }),
    ...(reply.status === 204 ? {} : { 'content-length': String(Buffer.byteLength(answer?.text ?? '')) }),
    ...reply.headers,
  });
  response.end(answer?.text ?? '');
}

const JSON_TYPE = 'application/json; charset=utf-8';

function answerOf({ body, status }: Reply, lie: ApiLie | undefined, isRead: boolean): Answer | undefined {
  if (body === undefined) return undefined;
  // An error is true enough.
  if (lie !== undefined && status < 300) return tellLie(lie, { body, type: JSON_TYPE, isRead });
  return { text: JSON.stringify(body), type: JSON_TYPE };
}

/** The reply for whatever a handler threw. */
export function replyOf(error: unknown, requestId: string): Reply {
  const refusal = error instanceof Refusal ? error : new Refusal(500, 'server_error', 'Unexpected server-side error.');
  const body = { id: refusal.id, message: refusal.message, request_id: requestId };
  return { status: refusal.status, body, headers: refusal.headers };
}

export function bearerToken(request: IncomingMessage): string | undefined {
  const found = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '');
  return found?.[1];
}
