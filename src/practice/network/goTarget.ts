import { splitPath } from '../host/files/path';

/** What a request asks for, as Go's net/url reads it. */
export interface GoTarget {
  /** Decoded: a slash may have been written `%2F`. */
  readonly path: string;
  /** With its question mark; empty without one. */
  readonly search: string;
  readonly query: URLSearchParams;
}

/** Undefined for a target that Go's server refuses before any handler sees it. */
export function parseGoTarget(target: string): GoTarget | undefined {
  const own = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '');
  const mark = own.indexOf('?');
  const path = unescape(mark < 0 ? own : own.slice(0, mark));
  const search = mark < 0 ? '' : own.slice(mark);
  return path === undefined ? undefined : { path, search, query: queryOf(search.slice(1)) };
}

/** Pairs that are badly escaped, or hold a semicolon, are passed over (net/url, `parseQuery`). */
function queryOf(text: string): URLSearchParams {
  const query = new URLSearchParams();
  for (const pair of text.split('&').filter((one) => one !== '' && !one.includes(';'))) {
    const at = pair.indexOf('=');
    const [key, value] = [at < 0 ? pair : pair.slice(0, at), at < 0 ? '' : pair.slice(at + 1)].map((part) =>
      unescape(part.replaceAll('+', ' ')),
    );
    if (key !== undefined && value !== undefined) {
      query.append(key, value);
    }
  }
  return query;
}

/** Undefined where an escape is none. Bytes that are no UTF-8 become what Go's JSON makes of them. */
export function unescape(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) {
    return undefined;
  }
  const bytes = Buffer.from(text)
    .toString('latin1')
    .replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return text.includes('%') ? Buffer.from(bytes, 'latin1').toString() : text;
}

/** Without `//`, `.` and `..`: to what Go's mux sends on whoever asks for anything else (net/http, `cleanPath`). */
export function cleanGoPath(path: string): string {
  const clean = `/${splitPath(path).join('/')}`;
  return path.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
}
