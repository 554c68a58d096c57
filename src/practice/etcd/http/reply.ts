import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EtcdEvent, EtcdNode } from '../../kernel';

const CORS = {
  'Access-Control-Allow-Headers': 'accept, content-type, authorization',
  'Access-Control-Allow-Methods': 'POST, GET, OPTIONS, PUT, DELETE',
  'Access-Control-Allow-Origin': '*',
};

export function start(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...CORS, ...headers });
}

/** Writes a whole answer with its length, as Go does for short ones. */
export function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  start(response, status, {
    'Content-Type': 'application/json',
    ...headers,
    'Content-Length': String(Buffer.byteLength(body)),
  });
  response.end(body);
}

/** The event as etcd writes it: the root has neither key nor indexes, and the order of the keys is Go's. */
export function encodeEvent(event: EtcdEvent): string {
  return `${JSON.stringify({
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
    ...(node.expiration === undefined ? {} : { expiration: node.expiration, ttl: node.ttl }),
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
