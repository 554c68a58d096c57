import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpHandler } from '../../../../src/practice/kernel';
import type { FakeHost } from './fakeHost';
import { normalise, trace } from './traces';

export interface CurlReply {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface CurlCall {
  readonly url: URL;
  readonly socketPath: string | undefined;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** As much of curl's command line as the recorded commands use. */
export function parseCurl(command: string): CurlCall {
  const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
  const headers: Record<string, string> = {};
  const data: string[] = [];
  let [method, socketPath, url] = ['', undefined as string | undefined, ''];
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '-H') {
      const [name = '', value = ''] = (words[(at += 1)] ?? '').split(': ');
      headers[name] = value;
    } else if (word === '-d') {
      data.push(words[(at += 1)] ?? '');
    } else if (word === '--unix-socket') {
      socketPath = words[(at += 1)];
    } else if (word === '-D' || word === '-m') {
      at += 1;
    } else if (word.startsWith('-X')) {
      method = word.length > 2 ? word.slice(2) : (words[(at += 1)] ?? '');
    } else if (word.startsWith('http')) {
      url = word;
    }
  }
  const body = data.length === 0 ? undefined : data.join('&');
  if (body !== undefined && headers['Content-Type'] === undefined) {
    headers['Content-Type'] = 'application/x-www-form-urlencoded';
  }
  return { url: new URL(url), socketPath, method: method || (body === undefined ? 'GET' : 'POST'), headers, body };
}

/** Speaks HTTP with a handler of the model through a real parser. */
export async function speak(handler: HttpHandler, call: Omit<CurlCall, 'socketPath'>): Promise<CurlReply> {
  const server = http.createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // `listen` on a port gives an address with a port.
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise<CurlReply>((resolve, reject) => {
      const path = call.url.pathname + call.url.search;
      const request = http.request({
        port,
        host: '127.0.0.1',
        method: call.method,
        path,
        headers: call.headers,
        agent: false,
      });
      request.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            statusText: response.statusMessage ?? '',
            headers: Object.fromEntries(Object.entries(response.headers).map(([key, value]) => [key, String(value)])),
            body,
          }),
        );
      });
      request.on('error', reject);
      request.end(call.body);
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

export async function curl(host: FakeHost, command: string): Promise<CurlReply> {
  const call = parseCurl(command);
  const target = call.socketPath === undefined ? { port: Number(call.url.port) } : { socketPath: call.socketPath };
  const handler = host.listener(target);
  assert.ok(handler, `nothing listens at ${JSON.stringify(target)}`);
  return await speak(handler, call);
}

/** The headers that a recorded answer had, in lower case, without what the transport adds. */
function recordedHeaders(stderr: string): { status: string; headers: Record<string, string> } {
  const [status = '', ...lines] = stderr.split('\n').map((line) => line.trim());
  const pairs = lines
    .filter((line) => line.includes(': '))
    .map((line) => [line.slice(0, line.indexOf(': ')).toLowerCase(), line.slice(line.indexOf(': ') + 2)] as const);
  return { status, headers: Object.fromEntries(pairs) };
}

const TRANSPORT = new Set(['date', 'content-length', 'transfer-encoding', 'connection', 'keep-alive']);
const COUNTERS = new Set(['x-etcd-index', 'x-raft-index', 'x-raft-term', 'x-etcd-cluster-id']);

/** Replays a recorded `curl`: status, headers (those that count only by name) and body must be the same. */
export async function replayCurl(host: FakeHost, name: string, command?: string): Promise<CurlReply> {
  const recorded = trace(name);
  const reply = await curl(host, command ?? recorded.command);
  const wanted = recordedHeaders(recorded.stderr);
  if (wanted.status !== '') {
    assert.equal(`HTTP/1.1 ${reply.status} ${reply.statusText}`, wanted.status, `${name}: status`);
    const relevant = (headers: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(
        Object.entries(headers)
          .filter(([key]) => !TRANSPORT.has(key))
          .map(([key, value]) => [key, COUNTERS.has(key) ? 'N' : value] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    assert.deepEqual(relevant(reply.headers), relevant(wanted.headers), `${name}: headers`);
  }
  assert.equal(normalise(reply.body), normalise(recorded.stdout), `${name}: body`);
  return reply;
}

/** What the answers of etcd and fleet that the tests look into may have. */
interface Answer {
  readonly id: string;
  readonly name: string;
  readonly errorCode?: number;
  readonly cause?: string;
  readonly node: {
    readonly key: string;
    readonly modifiedIndex: number;
    readonly createdIndex: number;
    readonly nodes: readonly { readonly key: string }[];
  };
  readonly members: readonly object[];
  readonly followers: object;
  readonly states: readonly object[];
  readonly nextPageToken: string;
}

export const parse = (text: string): Answer => JSON.parse(text) as Answer;
