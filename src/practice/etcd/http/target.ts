import { posix } from 'node:path';

/** What a request asks for, as Go's net/url takes its target apart. */
export interface Target {
  /** Unescaped. */
  readonly path: string;
  /** Without the question mark; undefined when there is none. */
  readonly query: string | undefined;
}

const BAD_ESCAPE = /%(?![0-9a-f]{2})/i;

/** Undefined for a target that Go refuses before any handler sees it. A `#` means nothing in a request. */
export function readTarget(target: string): Target | undefined {
  const [, local = target] = /^https?:\/\/[^/?]*(.*)$/is.exec(target) ?? [];
  const at = local.indexOf('?');
  const escaped = at < 0 ? local : local.slice(0, at);
  return BAD_ESCAPE.test(escaped)
    ? undefined
    : { path: unescape(escaped), query: at < 0 ? undefined : local.slice(at + 1) };
}

/** Bytes that are no UTF-8 become what Go's JSON makes of them. */
export const unescape = (text: string): string =>
  text.includes('%') ? Buffer.from(bytes(text)).toString('utf8') : text;

const bytes = (text: string): number[] =>
  [...text.matchAll(/%([0-9a-f]{2})|[^%]+|%/gi)].flatMap(([all, hex]) =>
    hex === undefined ? [...Buffer.from(all, 'utf8')] : [parseInt(hex, 16)],
  );

/** The path as Go's ServeMux wants it: without empty parts and dots; a slash at the end stays. */
export const cleanPath = (path: string): string => (path === '' ? '/' : posix.normalize(`/${path}`));

/** A path as Go writes it into an URL. */
export const escapePath = (path: string): string =>
  encodeURI(path).replaceAll(/[!'()*#?]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
