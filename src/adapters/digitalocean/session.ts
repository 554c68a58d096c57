import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';
import https from 'node:https';
import type { AxiosInstance, AxiosRequestConfig, AxiosRequestHeaders, AxiosResponse } from 'axios';
import { DigitalOcean } from 'digitalocean-js';
import { instance } from 'digitalocean-js/src/lib/axios-instance.js';

/**
 * The only file that knows digitalocean-js. The library keeps one axios instance for the whole process, with the token and
 * address of whoever was constructed last, so it is constructed once without either; an interceptor gives each request the
 * address, token, signal and query of its own call, which travel in an AsyncLocalStorage. Its answers are taken from the
 * response itself: the library drops paging, headers and whatever its types do not know.
 */

/** A page of 200 droplets is about 600 KiB. */
const LARGEST_REPLY = 16 * 1024 * 1024;
/** User data is at most 64 KiB; ten names, tags and keys are nothing beside it. */
const LARGEST_REQUEST = 256 * 1024;

/** A POST gets a socket of its own: one that the server closed while it was idle would leave its outcome unknown. */
const agents = {
  kept: { httpAgent: new http.Agent({ keepAlive: true }), httpsAgent: new https.Agent({ keepAlive: true }) },
  fresh: { httpAgent: new http.Agent({ keepAlive: false }), httpsAgent: new https.Agent({ keepAlive: false }) },
};

export type Query = Readonly<Record<string, string>>;

export interface Session {
  /** Origin without path, such as `https://api.digitalocean.com`. */
  readonly origin: string;
  readonly token: string;
  readonly signal: AbortSignal;
  /** Added to what the library puts into the address. */
  readonly query?: Query;
}

/** What came back, whatever the status. */
export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Why nothing came back: a Node error code such as ECONNRESET, and whether the reply had begun. */
export interface Lost {
  readonly code: string;
  readonly hadBegun: boolean;
}

export type Outcome = { readonly reply: RawReply } | { readonly lost: Lost };

/** The services we call. Never `getNeighborsForDroplet` and `getDropletNeighbors`: they send DELETE. */
export type Library = Pick<
  DigitalOcean,
  'account' | 'actions' | 'dropletActions' | 'droplets' | 'firewalls' | 'images' | 'regions' | 'sizes' | 'ssh' | 'tags'
>;

interface Call {
  readonly session: Session;
  outcome?: Outcome;
}

const calls = new AsyncLocalStorage<Call>();
let library: Library | undefined;

/** Lets the library make one request for `session`. Never rejects with what the library throws: that contains the token. */
export async function send(session: Session, request: (library: Library) => Promise<unknown>): Promise<Outcome> {
  library ??= construct();
  const call: Call = { session };
  const target = library;
  await calls.run(call, async () => {
    try {
      await request(target);
    } catch {
      // The response interceptor has already kept what is worth keeping.
    }
  });
  return call.outcome ?? { lost: { code: 'UNKNOWN', hadBegun: false } };
}

function construct(): Library {
  const made = new DigitalOcean('', '');
  delete instance.defaults.headers.common['Authorization'];
  prepare(instance);
  return made;
}

function prepare(axios: AxiosInstance): void {
  axios.interceptors.request.use((config) => withSession(config, currentCall().session));
  axios.interceptors.response.use(
    (reply) => {
      currentCall().outcome = { reply: toReply(reply) };
      return { ...reply, data: {} }; // The library looks for a field in it; nobody reads what it returns.
    },
    (error: unknown) => {
      currentCall().outcome = toOutcome(error);
      throw new Error('The request was not answered.');
    },
  );
}

function currentCall(): Call {
  const call = calls.getStore();
  if (call === undefined) {
    throw new Error('A request outside of a session: it would have no token and no address.');
  }
  return call;
}

function withSession(config: AxiosRequestConfig, session: Session): AxiosRequestConfig {
  const sockets = config.method === 'post' ? agents.fresh : agents.kept;
  const headers: AxiosRequestHeaders = { ...config.headers };
  headers['Authorization'] = `Bearer ${session.token}`;
  headers['Accept'] = 'application/json';
  return {
    ...config,
    ...sockets,
    baseURL: `${session.origin}/v2`,
    allowAbsoluteUrls: false,
    headers,
    params: { ...queryOf(config.params), ...session.query },
    signal: session.signal,
    timeout: 0, // The signal is the deadline: axios counts silence on the socket only.
    maxContentLength: LARGEST_REPLY,
    maxBodyLength: LARGEST_REQUEST,
    // A redirect would carry the token to wherever it points.
    maxRedirects: 0,
    // axios sends requests for https:// in the clear to a proxy named in the environment, token included. The editor's
    // own proxy setting works below this, with a tunnel.
    proxy: false,
    responseType: 'text',
    transformResponse: (data: unknown) => data,
    validateStatus: () => true,
  };
}

function queryOf(params: unknown): Record<string, unknown> {
  return typeof params === 'object' && params !== null ? { ...params } : {};
}

function toReply(reply: AxiosResponse<unknown>): RawReply {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(reply.headers)) {
    if (typeof value === 'string') {
      headers[name.toLowerCase()] = value;
    }
  }
  return { status: reply.status, headers, text: typeof reply.data === 'string' ? reply.data : '' };
}

/** Of the error only its code is kept: its request and configuration hold the token. */
function toOutcome(error: unknown): Outcome {
  const facts = typeof error === 'object' && error !== null ? error : {};
  const code = 'code' in facts && typeof facts.code === 'string' ? facts.code : 'UNKNOWN';
  const request = 'request' in facts && typeof facts.request === 'object' ? facts.request : null;
  const hadBegun = request !== null && 'res' in request && request.res !== null && request.res !== undefined;
  return { lost: { code, hadBegun } };
}
