import net from 'node:net';
import { ClusterError } from '../../core/errors';

/**
 * The origin of a service we send secrets to: https anywhere, http on this machine only (a practice cloud, a test).
 * A path of `/` or `/v2` is tolerated, as people copy it from documentation.
 * @throws ClusterError invalidInput
 */
export function serviceOrigin(text: string, what: string): string {
  const url = parse(text);
  const problem = url === undefined ? 'is not a web address' : findProblem(url);
  if (url === undefined || problem !== undefined) {
    throw new ClusterError(`${what} ${problem ?? 'is not usable'}. Correct it in the settings.`, {
      code: 'invalidInput',
      remedy: 'openSettings',
    });
  }
  return url.origin;
}

/** Whether data sent there stays on this machine or is encrypted on the way. */
export function isPrivate(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

export function isLoopback(hostname: string): boolean {
  return ['localhost', '[::1]', '::1'].includes(hostname) || (net.isIPv4(hostname) && hostname.startsWith('127.'));
}

function findProblem(url: URL): string | undefined {
  if (!isPrivate(url)) {
    return 'must begin with https:// (http:// is accepted on this computer only)';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not contain a user name or password';
  }
  if (url.search !== '' || url.hash !== '' || !['/', '/v2', '/v2/'].includes(url.pathname)) {
    return 'must end after the host name';
  }
  return undefined;
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
