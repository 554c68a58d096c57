import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { ClusterError } from '../../core/errors';
import type { HttpReply, HttpRequest } from '../../core/ports';
import { abortReason } from '../net/abort';

/** fleet's list of 500 units is about 1 MiB. */
const LARGEST_BODY = 16 * 1024 * 1024;

/** One HTTP request over one channel, which is closed afterwards: faster than keeping it (no session is started for it). */
export function requestOver(channel: ClientChannel, request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    // Not http.request: inside VS Code that is patched for proxies and drops createConnection, so the request would go to
    // this computer's own port. The class behind it is left alone.
    const sent = new http.ClientRequest({
      createConnection: () => asSocket(channel),
      method: request.method,
      path: request.path,
      setHost: false,
      headers: {
        host: 'localhost',
        ...(request.body !== undefined && {
          'content-type': request.body.contentType,
          'content-length': Buffer.byteLength(request.body.text),
        }),
      },
    });
    const fail = (error: Error): void => {
      settled.abort();
      sent.destroy();
      reject(error);
    };
    signal.addEventListener('abort', () => fail(abortReason(signal)), { once: true, signal: settled.signal });
    sent.on('error', () => settled.signal.aborted || fail(brokenOff(request)));
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > LARGEST_BODY) {
          fail(
            new ClusterError(`The answer to ${request.method} ${place(request)} is too long.`, { code: 'badReply' }),
          );
        }
      });
      response.on('error', () => settled.signal.aborted || fail(brokenOff(request)));
      response.on('end', () => {
        settled.abort();
        const body = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: flatten(response.headers), body });
      });
    });
    sent.end(request.body?.text);
  });
}

/** Where it went, without the path: that may hold a key's value or a name. */
export function place({ target }: HttpRequest): string {
  return 'socketPath' in target ? target.socketPath : `port ${target.port}`;
}

function brokenOff(request: HttpRequest): ClusterError {
  return new ClusterError(`The answer to ${request.method} ${place(request)} broke off.`, { code: 'badReply' });
}

/** node:http expects these of a socket; over a channel they mean nothing (as ssh2's own http agents do). */
function asSocket(channel: ClientChannel): Duplex {
  const nothing = (): ClientChannel => channel;
  return Object.assign(channel, {
    setKeepAlive: nothing,
    setNoDelay: nothing,
    setTimeout: nothing,
    ref: nothing,
    unref: nothing,
    destroySoon: () => channel.destroy(),
  });
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) {
      flat[name] = Array.isArray(value) ? value.join(', ') : value;
    }
  }
  return flat;
}
