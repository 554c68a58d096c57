import type { ServerResponse } from 'node:http';

/** Go's server buffers so much before it gives up counting and sends chunks (net/http, `bufferBeforeChunkingSize`). */
const LARGEST_COUNTED = 2048;

export interface GoHead {
  readonly status: number;
  /** What the handler sets itself. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the node's clock, in milliseconds. */
  readonly now: number;
  /** Undefined: an answer without an end in sight. */
  readonly bodyLength?: number | undefined;
  /** What Go finds out about the body when the handler names no type; it comes last. */
  readonly sniffedType?: string;
}

/**
 * The head as Go's net/http writes it: the handler's own headers by name, then Date, the length and what was sniffed. It says nothing
 * of the connection, which stays open unless the client wants it closed.
 */
export function writeGoHead(response: ServerResponse, head: GoHead): void {
  const { status, headers, now, bodyLength, sniffedType } = head;
  const own = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  const isCounted = bodyLength !== undefined && bodyLength <= LARGEST_COUNTED && status !== 204;
  response.removeHeader('Connection');
  response.writeHead(status, {
    ...Object.fromEntries(own),
    Date: new Date(now).toUTCString(),
    ...(isCounted && { 'Content-Length': String(bodyLength) }),
    ...(sniffedType !== undefined && { 'Content-Type': sniffedType }),
    ...(/\bclose\b/i.test(response.req.headers.connection ?? '') && { Connection: 'close' }),
  });
}
