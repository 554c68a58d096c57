import http from 'node:http';
import { once } from 'node:events';

/** What somebody on the way does, or changes in the API's calls; undefined leaves a body as it is. */
export interface Meddling {
  request?(method: string, path: string, body: unknown): unknown;
  reply?(method: string, path: string, body: unknown): unknown;
}

export interface Proxy {
  readonly origin: string;
  close(): void;
}

async function read(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function changed(text: Buffer, change: (body: unknown) => unknown): Promise<Buffer> {
  const body = await change(text.length === 0 ? undefined : JSON.parse(text.toString('utf8')));
  return body === undefined ? text : Buffer.from(JSON.stringify(body));
}

/** Stands between a window and the practice cloud. What is not the API's (a window's attachment) goes through untouched. */
export async function startProxy(target: string, meddling: Meddling): Promise<Proxy> {
  const server = http.createServer((request, response) => {
    void forward(request, response).catch(() => response.destroy());
  });
  async function forward(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const [method, path] = [request.method ?? 'GET', request.url ?? '/'];
    const text = await read(request);
    const isApi = path.startsWith('/v2/');
    const sent = isApi ? await changed(text, (body) => meddling.request?.(method, path, body)) : text;
    const headers = { ...request.headers, host: new URL(target).host };
    const outgoing = http.request(target + path, {
      method,
      agent: false,
      headers: text.length === 0 ? headers : { ...headers, 'content-length': sent.length },
    });
    response.on('close', () => outgoing.destroy());
    outgoing.end(sent);
    const [incoming] = (await once(outgoing, 'response')) as [http.IncomingMessage];
    if (!isApi) {
      response.writeHead(incoming.statusCode ?? 502, incoming.headers);
      incoming.on('error', () => response.destroy());
      incoming.pipe(response);
      return;
    }
    const answer = await changed(await read(incoming), (body) => meddling.reply?.(method, path, body));
    delete incoming.headers['transfer-encoding'];
    response.writeHead(incoming.statusCode ?? 502, { ...incoming.headers, 'content-length': answer.length });
    response.end(answer);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}
