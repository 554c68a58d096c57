import type { IncomingMessage } from 'node:http';

const NAMES = ['127.0.0.1', 'localhost', '[::1]'];

function hostOf(authority: string): string {
  return authority.toLowerCase().replace(/:\d+$/, '');
}

/**
 * A web page can make a browser call a loopback port under a name of its own (DNS rebinding), or from its own origin. Neither is
 * answered, whatever the path and the token.
 */
export function isFromLoopback(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  if (host === undefined || !NAMES.includes(hostOf(host))) return false;
  return origin === undefined || NAMES.includes(hostOf(origin.replace(/^https?:\/\//, '')));
}
