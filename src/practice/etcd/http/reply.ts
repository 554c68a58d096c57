import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EtcdEvent, EtcdNode } from '../api';
import { writeGoHead } from '../../network/goHead';
import { goJson } from '../../network/goJson';

const CORS = {
  'Access-Control-Allow-Headers': 'accept, content-type, authorization',
  'Access-Control-Allow-Methods': 'POST, GET, OPTIONS, PUT, DELETE',
  'Access-Control-Allow-Origin': '*',
};

/** Whom an answer goes to, and when. */
export interface Replying {
  readonly response: ServerResponse;
  readonly now: number;
}

/** The head of an answer whose end is not known. */
export function start(to: Replying, status: number, headers: Readonly<Record<string, string>>): void {
  writeGoHead(to.response, { status, headers: { ...CORS, ...headers }, now: to.now });
}

/** A whole answer. */
export function send(
  { response, now }: Replying,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const own = { ...CORS, 'Content-Type': 'application/json', ...headers };
  writeGoHead(response, { status, headers: own, now, bodyLength: Buffer.byteLength(body) });
  response.end(body);
}

/** What Go's `http.Error` writes. */
export function sendText(
  to: Replying,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const own = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  send(to, status, `${text}\n`, { ...headers, ...own });
}

/** etcd's answer to a method that a path has no use for. */
export const refuseMethod = (to: Replying, allowed: string): void =>
  sendText(to, 405, 'Method Not Allowed', { Allow: allowed });

/** What Go's server says to a target it can't read, before any handler: it says no time, and hangs up. */
export function refuseTarget(response: ServerResponse): void {
  response.sendDate = false;
  response.useChunkedEncodingByDefault = false;
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' };
  response.writeHead(400, headers).end('400 Bad Request');
}

/** An answer of which the handler says no type. */
export function sendBare(
  { response, now }: Replying,
  answer: { status: number; headers: Readonly<Record<string, string>>; body: string },
): void {
  const { status, body } = answer;
  const headers = { ...CORS, ...answer.headers };
  writeGoHead(response, { status, headers, now, bodyLength: Buffer.byteLength(body) });
  response.end(body);
}

export const sendEmpty = (to: Replying): void => sendBare(to, { status: 200, headers: {}, body: '' });

/** A text whose handler names no type: Go looks at it. */
export function sendPlain({ response, now }: Replying, body: string): void {
  const sniffedType = 'text/plain; charset=utf-8';
  writeGoHead(response, { status: 200, headers: CORS, now, bodyLength: Buffer.byteLength(body), sniffedType });
  response.end(body);
}

/** The event as etcd writes it: the root has neither key nor indexes, and the order of the keys is Go's. */
export function encodeEvent(event: EtcdEvent): string {
  return `${goJson({
    action: event.action,
    node: encodeNode(event.node),
    ...(event.prevNode === undefined ? {} : { prevNode: encodeNode(event.prevNode) }),
  })}\n`;
}

function encodeNode(node: EtcdNode): object {
  const isRoot = node.key === '/';
  return {
    ...(isRoot ? {} : { key: node.key }),
    ...(node.value === undefined ? {} : { value: node.value }),
    ...(node.dir === undefined ? {} : { dir: true }),
    ...(node.expiration === undefined ? {} : { expiration: node.expiration }),
    ...(node.ttl === undefined ? {} : { ttl: node.ttl }),
    ...(node.nodes === undefined ? {} : { nodes: node.nodes.map(encodeNode) }),
    ...(isRoot ? {} : { modifiedIndex: node.modifiedIndex, createdIndex: node.createdIndex }),
  };
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<unknown>) {
    chunks.push(chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk)));
  }
  return Buffer.concat(chunks).toString('utf8');
}
