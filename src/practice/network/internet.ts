import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancel, Host } from '../kernel';

/** A site of the model's own Internet; it is told which node asks. */
export type Site = (request: IncomingMessage, response: ServerResponse, from: Host) => void;

/** Names that stand for the address in them, as these services answer. */
const ADDRESS_IN_NAME = /(?:^|[.-])(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})\.(?:sslip|nip|xip)\.io$/;

/** What a node can reach besides other nodes: a table of names, and nothing beyond it. */
export class Internet {
  readonly #sites = new Map<string, Site>();

  serve(name: string, site: Site): Cancel {
    this.#sites.set(name, site);
    return () => this.#sites.delete(name);
  }

  siteAt(name: string): Site | undefined {
    return this.#sites.get(name.toLowerCase());
  }
}

/** The address in a name such as `deis.203-0-113-10.sslip.io`; the name itself when there is none. */
export function resolveName(name: string): string {
  const found = ADDRESS_IN_NAME.exec(name);
  return found === null ? name : found.slice(1, 5).join('.');
}
