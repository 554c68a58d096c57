import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDiscoveryPath } from './discovery/handler';

/** One line for each request that has been answered: whoever points a client at the cloud sees what it asks for. */
export function logRequests(write: (line: string) => void) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const started = performance.now();
    response.once('close', () => {
      const ms = Math.round(performance.now() - started);
      const outcome = response.writableFinished ? String(response.statusCode) : 'broken off';
      write(`${request.method ?? 'GET'} ${withoutSecrets(request.url ?? '/')} ${outcome} ${ms} ms`);
    });
  };
}

/** Tokens come in a header, which is not written; who knows a cluster's discovery address could join it. */
function withoutSecrets(target: string): string {
  const [pathname = '/', query] = target.split('?', 2);
  const path = isDiscoveryPath(pathname) ? pathname.replace(/^\/[0-9a-f]{32}/, '/…') : pathname;
  return query === undefined ? path : `${path}?${query}`;
}
