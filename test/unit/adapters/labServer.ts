import { once } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';

export interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Lab {
  readonly origin: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

export type Answer = (request: Seen, response: http.ServerResponse, socket: Socket) => void;

/** A real HTTP server whose every answer a test decides, down to the socket: late, cut off, lost after the effect. */
export async function startLab(answer: Answer): Promise<Lab> {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://lab');
      const body = Buffer.concat(chunks).toString('utf8');
      const one = { method: request.method ?? '', url, headers: request.headers, body };
      seen.push(one);
      answer(one, response, request.socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function json(response: http.ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}
