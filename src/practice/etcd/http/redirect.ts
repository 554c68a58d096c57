import { posix } from 'node:path';
import { sendBare, type Replying } from './reply';

/** The path as Go's ServeMux wants it: without empty parts and dots; a slash at the end stays. */
function cleanPath(path: string): string {
  const clean = posix.normalize(`/${path}`);
  return path === '' ? '/' : clean;
}

const pathOf = (target: string): string => /^[^?#]*/.exec(target)?.[0] ?? target;

/** Whether Go's ServeMux sends the client to another path before any handler sees the request. */
export const isElsewhere = (target: string): boolean => cleanPath(pathOf(target)) !== pathOf(target);

export function redirect(to: Replying, method: string, target: string): void {
  const path = pathOf(target);
  const location = cleanPath(path) + target.slice(path.length);
  const type = method === 'GET' || method === 'HEAD' ? { 'Content-Type': 'text/html; charset=utf-8' } : {};
  const body = method === 'GET' ? `<a href="${location.replaceAll('&', '&amp;')}">Moved Permanently</a>.\n\n` : '';
  sendBare(to, { status: 301, headers: { ...type, Location: location }, body });
}
