import type { IncomingHttpHeaders } from 'node:http';
import type { Identity } from '../cloud/accounts';
import type { Cloud } from '../cloud/cloud';
import { notFound, Refusal } from '../cloud/refusal';
import type { Reply } from './http';

/** A request as a handler sees it: who asks, what the path names, and the body that has been parsed but not checked. */
export interface Call {
  readonly cloud: Cloud;
  readonly identity: Identity;
  /** The account's uuid. */
  readonly account: string;
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
}

export interface Route {
  readonly method: string;
  /** `/v2/droplets/:id`. */
  readonly path: string;
  /** What the token must be allowed to do. */
  readonly scope: string;
  readonly run: (call: Call) => Reply;
}

interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

function match(path: string, parts: readonly string[]): Record<string, string> | undefined {
  const wanted = path.split('/');
  if (wanted.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, want] of wanted.entries()) {
    const part = parts[index] ?? '';
    if (want.startsWith(':')) params[want.slice(1)] = part;
    else if (want !== part) return undefined;
  }
  return params;
}

/** Routes are tried in order, so a fixed path stands before one with a parameter in its place. */
export class Router {
  constructor(private readonly routes: readonly Route[]) {}

  /** Throws 404 for an unknown path and 405 for a known one with another method. */
  find(method: string, pathname: string): Match {
    const parts = pathname
      .replace(/(?<=.)\/$/, '')
      .split('/')
      .map(decode);
    let isKnown = false;
    for (const route of this.routes) {
      const params = match(route.path, parts);
      if (params === undefined) continue;
      if (route.method === method) return { route, params };
      isKnown = true;
    }
    if (isKnown) throw new Refusal(405, 'method_not_allowed', 'Method not allowed.');
    throw notFound();
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw notFound();
  }
}

export function numericId(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw notFound();
  return Number(text);
}
