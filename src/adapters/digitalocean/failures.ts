import * as v from 'valibot';
import { ClusterError } from '../../core/errors';
import { ErrorReply } from './replies';
import type { Lost, RawReply } from './session';

/** Turns what came back, or did not, into a ClusterError. Nothing of the library's own errors survives: they hold the token. */

export interface Request {
  /** For the message, such as `creating the droplets`. */
  readonly what: string;
  /** False for GET, PUT and DELETE: made twice they end the same. */
  readonly isPost: boolean;
  readonly origin: string;
  readonly token: string;
}

/** The connection was never made, so nothing can have happened at the other end. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;
const LONGEST_WORDS = 300;

export class Refusal extends Error {
  constructor(
    readonly failure: ClusterError,
    /** Whether the same request may succeed in a moment. */
    readonly isPassing: boolean,
    /** How long the API asks to wait. */
    readonly retryAfterMs?: number,
  ) {
    super(failure.message);
  }
}

export function timedOut(request: Request): Refusal {
  return lost(request, { code: 'ETIMEDOUT', hadBegun: false });
}

export function lost(request: Request, { code, hadBegun }: Lost): Refusal {
  const place = new URL(request.origin).host;
  if (request.isPost && !NEVER_SENT.test(code)) {
    return outcomeUnknown(request, `the answer of ${place} was lost (${code})`);
  }
  const failure = hadBegun
    ? new ClusterError(`The answer of ${place} to ${request.what} broke off (${code}). Try again.`, {
        code: 'badReply',
      })
    : new ClusterError(
        `${place} cannot be reached (${code}), so ${request.what} is not possible now. Check the network connection, then try again.`,
        { code: 'cloudUnavailable' },
      );
  return new Refusal(failure, true);
}

export function unreadable(request: Request, reply: RawReply, why: string, isPassing = false): Refusal {
  const { host } = new URL(request.origin);
  if (request.isPost) {
    return outcomeUnknown(request, `the answer of ${host} is not readable (${why})`);
  }
  const message = `The answer of ${host} to ${request.what} (status ${reply.status}) is not one of DigitalOcean’s API: ${why}. Try again in a while.`;
  return new Refusal(new ClusterError(message, { code: 'badReply' }), isPassing);
}

function outcomeUnknown(request: Request, why: string): Refusal {
  const message = `It is not known whether ${request.what} succeeded: ${why}. Resume Setup looks at the account before doing anything twice.`;
  return new Refusal(new ClusterError(message, { code: 'outcomeUnknown', remedy: 'resumeSetup' }), false);
}

/** Any status outside 2xx. `now` in milliseconds of the provider's time. */
export function refused(request: Request, reply: RawReply, now: number): Refusal {
  const words = `${request.what}: ${describe(request, reply)}`;
  const fail = (sentence: string, code: ClusterError['code'], remedy?: ClusterError['remedy']): ClusterError =>
    new ClusterError(sentence, { code, ...(remedy !== undefined && { remedy }) });
  switch (reply.status) {
    case 401:
      return new Refusal(
        fail(`DigitalOcean rejects the token (${words}). Set one that is still valid.`, 'tokenRejected', 'setToken'),
        false,
      );
    case 403:
      return new Refusal(
        fail(`The token may not do this (${words}). Set one with read and write access.`, 'tokenForbidden', 'setToken'),
        false,
      );
    case 404:
      return new Refusal(
        fail(
          `DigitalOcean does not know what was asked for (${words}). Refresh, then try again.`,
          'notFound',
          'refresh',
        ),
        false,
      );
    case 429: {
      const waitMs = retryAfterMs(reply, now);
      const until = waitMs === undefined ? 'a while' : `${Math.ceil(waitMs / 1000)} seconds`;
      const sentence = `DigitalOcean limits the number of requests (${words}). Try again in ${until}.`;
      return new Refusal(fail(sentence, 'rateLimited'), true, waitMs);
    }
    default:
      return otherwise(request, reply, words);
  }
}

function otherwise(request: Request, reply: RawReply, words: string): Refusal {
  if (reply.status >= 500) {
    return request.isPost
      ? outcomeUnknown(request, `the API failed (${words})`)
      : new Refusal(
          new ClusterError(`DigitalOcean’s API has a problem (${words}). Try again in a while.`, {
            code: 'cloudUnavailable',
          }),
          true,
        );
  }
  if (reply.status >= 300 && reply.status < 400) {
    return new Refusal(
      new ClusterError(
        `${new URL(request.origin).host} redirects to another address. The token is not sent there; check the address in the settings.`,
        { code: 'badReply', remedy: 'openSettings' },
      ),
      false,
    );
  }
  const sentence = `DigitalOcean refuses ${words}. Change what it objects to, then try again.`;
  return new Refusal(new ClusterError(sentence, { code: 'cloudRefused' }), false);
}

/** The API's own words and the id that DigitalOcean's support asks for. */
function describe(request: Request, reply: RawReply): string {
  const parsed = v.safeParse(ErrorReply, readJson(reply.text));
  if (!parsed.success) {
    return `status ${reply.status}`;
  }
  const { message, request_id } = parsed.output;
  const words = message.replaceAll(request.token, '[token]').replace(/\s+/g, ' ').trim().slice(0, LONGEST_WORDS);
  return request_id === undefined ? words : `${words} (request ${request_id.slice(0, 64)})`;
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `retry-after` in seconds, else the moment at which the oldest request of the hour is forgotten (epoch seconds). */
function retryAfterMs(reply: RawReply, now: number): number | undefined {
  const seconds = Number(reply.headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(seconds)) {
    return Math.max(0, seconds * 1000);
  }
  const reset = Number(reply.headers['ratelimit-reset'] ?? Number.NaN);
  return Number.isFinite(reset) ? Math.max(0, reset * 1000 - now) : undefined;
}
