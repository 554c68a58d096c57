import { posix } from 'node:path';
import { parseGoTarget } from '../../network/goTarget';

/** What a request asks for, as Go's net/url takes its target apart. */
export interface Target {
  /** Unescaped. */
  readonly path: string;
  /** Without the question mark; undefined when there is none. */
  readonly query: string | undefined;
}

/** Undefined for a target that Go refuses before any handler sees it. A `#` means nothing in a request. */
export function readTarget(target: string): Target | undefined {
  const parsed = parseGoTarget(target);
  return parsed === undefined
    ? undefined
    : { path: parsed.path, query: parsed.search === '' ? undefined : parsed.search.slice(1) };
}

/** The path as Go's ServeMux wants it: without empty parts and dots; a slash at the end stays. */
export const cleanPath = (path: string): string => (path === '' ? '/' : posix.normalize(`/${path}`));

/** A path as Go writes it into an URL. */
export const escapePath = (path: string): string =>
  encodeURI(path).replaceAll(/[!'()*#?]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
