import { sendBare, type Replying } from './reply';
import { cleanPath, escapePath, type Target } from './target';

/** Whether Go's ServeMux sends the client to another path before any handler sees the request. */
export const isElsewhere = ({ path }: Target): boolean => cleanPath(path) !== path;

export function redirect(to: Replying, method: string, { path, query }: Target): void {
  const location = escapePath(cleanPath(path)) + (query === undefined ? '' : `?${query}`);
  const type = method === 'GET' || method === 'HEAD' ? { 'Content-Type': 'text/html; charset=utf-8' } : {};
  const body = method === 'GET' ? `<a href="${location.replaceAll('&', '&amp;')}">Moved Permanently</a>.\n\n` : '';
  sendBare(to, { status: 301, headers: { ...type, Location: location }, body });
}
