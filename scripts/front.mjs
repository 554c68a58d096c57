/**
 * The loopback front of `npm start` in the browser: passes everything to the VS Code server and answers `/mint-key` itself.
 * That key encrypts VS Code's SecretStorage in the browser's localStorage, which belongs to an origin: without an answer, or with
 * another key or port after a restart, every secret would silently be gone. So port, key and token are kept in the data folder.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const WHO = '/deis-front';

/** Reads, or makes at the first start, what has to stay the same: `{ port, key, token }`. */
export function keptFront(folder, port) {
  const file = path.join(folder, 'front.json');
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  let kept;
  try {
    kept = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT')
      throw new Error(`${file} can't be read: repair or delete it (secrets stored so far are lost then).`);
    kept = { port: 8317, key: randomBytes(32).toString('hex'), token: randomBytes(16).toString('hex') };
  }
  if (port !== undefined) kept.port = port;
  fs.writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
  return kept;
}

/** True when a front of ours is listening there already. */
export async function isFrontRunning(port) {
  try {
    const reply = await fetch(`http://127.0.0.1:${port}${WHO}`, { signal: AbortSignal.timeout(2000) });
    return reply.ok && (await reply.text()) === 'deis-cheap-cluster';
  } catch {
    return false;
  }
}

/** A page of another site may not talk to the workbench: neither by a name that resolves to loopback nor from its own origin. */
function isAllowed(request, strict) {
  const host = request.headers.host ?? '';
  if (!LOOPBACK.has(host.replace(/:\d+$/, ''))) return false;
  const { origin } = request.headers;
  return !strict || origin === undefined || origin === `http://${host}`;
}

function pass(request, response, port) {
  const upstream = http.request(
    { host: '127.0.0.1', port, path: request.url, method: request.method, headers: request.headers },
    (reply) => {
      response.writeHead(reply.statusCode, reply.rawHeaders);
      reply.pipe(response);
    },
  );
  upstream.on('error', () => response.destroy());
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

function upgrade(request, socket, head, port) {
  if (!isAllowed(request, true)) {
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
    return;
  }
  const upstream = net.connect(port, '127.0.0.1', () => {
    const headers = [];
    for (let i = 0; i < request.rawHeaders.length; i += 2)
      headers.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
    upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  for (const [one, other] of [
    [upstream, socket],
    [socket, upstream],
  ]) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

/** Starts the front; rejects with EADDRINUSE when the kept port is taken. `server` is the VS Code server's port. */
export async function startFront({ port, key, server }) {
  const front = http.createServer((request, response) => {
    const [route] = (request.url ?? '/').split('?');
    const isKey = route.endsWith('/mint-key');
    if (!isAllowed(request, isKey)) {
      response.writeHead(403).end('Only pages of this workbench, on this machine.');
    } else if (isKey && request.method === 'POST') {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
      response.end(Buffer.from(key, 'hex'));
    } else if (route === WHO) {
      response.end('deis-cheap-cluster');
    } else {
      pass(request, response, server);
    }
  });
  front.on('upgrade', (request, socket, head) => upgrade(request, socket, head, server));
  await new Promise((resolve, reject) => {
    front.once('error', reject);
    front.listen(port, '127.0.0.1', resolve);
  });
  return front;
}
