import * as v from 'valibot';
import { ClusterError } from '../../core/errors';
import type { Clock } from '../../core/ports';
import { abortReason } from '../net/abort';
import { createClock } from '../net/clock';
import { lost, readJson, Refusal, refused, timedOut, unreadable, type Request } from './failures';
import { send, type Library, type Query, type RawReply } from './session';

/** Real milliseconds for one request and its answer: the wire is real even where the provider's time is not. */
const CALL_MS = 30_000;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 1_000;
/** DigitalOcean's burst limit clears within a minute; for a spent hour the user is told instead. */
const LONGEST_PAUSE_MS = 60_000;

export interface Access {
  /** Asked for each request, so that a new token or a restarted practice cloud counts at once. */
  endpoint(): Promise<{ readonly origin: string; readonly token: string }>;
  /** The provider's time, for the pauses between two attempts. */
  readonly clock: Clock;
  /** Default: 30 s. */
  readonly callMs?: number;
}

const realTime = createClock();

export interface CallSpec {
  readonly what: string;
  readonly isPost?: boolean;
  readonly query?: Query;
  readonly request: (library: Library) => Promise<unknown>;
  readonly signal?: AbortSignal | undefined;
}

/** A reply that was accepted: 2xx, JSON (or nothing, after a DELETE), and where it came from. */
export interface Reply {
  readonly json: unknown;
  readonly origin: string;
  /** The reply is not what its schema says: badReply, or outcomeUnknown after a POST. */
  parse<T extends v.GenericSchema>(schema: T): v.InferOutput<T>;
}

/**
 * Makes one call: with a deadline, repeated with growing pauses when it is a read (or a PUT or DELETE, which made twice end
 * the same) and the failure may pass. A POST is made once, unless the rate limit refused it: then nothing happened.
 */
export async function call(access: Access, spec: CallSpec): Promise<Reply> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await tryOnce(access, spec);
    if (!(result instanceof Refusal)) {
      return result;
    }
    const pauseMs = result.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
    const isSafe = spec.isPost !== true || result.failure.code === 'rateLimited'; // refused before it had any effect
    const mayRepeat = result.isPassing && isSafe && attempt < ATTEMPTS && pauseMs <= LONGEST_PAUSE_MS;
    if (!mayRepeat) {
      throw result.failure;
    }
    await access.clock.sleep(pauseMs, spec.signal);
  }
}

/** As `call`, but 404 is an answer: undefined. */
export async function callUnlessMissing(access: Access, spec: CallSpec): Promise<Reply | undefined> {
  try {
    return await call(access, spec);
  } catch (error) {
    if (ClusterError.is(error, 'notFound')) {
      return undefined;
    }
    throw error;
  }
}

async function tryOnce(access: Access, spec: CallSpec): Promise<Reply | Refusal> {
  spec.signal?.throwIfAborted();
  const endpoint = await access.endpoint();
  const request: Request = { what: spec.what, isPost: spec.isPost ?? false, ...endpoint };
  const deadline = realTime.deadline(access.callMs ?? CALL_MS, spec.signal);
  try {
    const session = { ...endpoint, signal: deadline.signal, ...(spec.query !== undefined && { query: spec.query }) };
    const outcome = await send(session, spec.request);
    if (spec.signal?.aborted === true) {
      throw abortReason(spec.signal);
    }
    if ('lost' in outcome) {
      return deadline.hasPassed ? timedOut(request) : lost(request, outcome.lost);
    }
    return read(request, outcome.reply, access.clock.now());
  } finally {
    deadline.dispose();
  }
}

function read(request: Request, reply: RawReply, now: number): Reply | Refusal {
  if (reply.status < 200 || reply.status > 299) {
    return refused(request, reply, now);
  }
  const json = reply.status === 204 ? {} : readJson(reply.text);
  if (json === undefined) {
    const type = reply.headers['content-type'] ?? 'no content type';
    // What breaks off may come whole the next time; a web page is somebody else's answer.
    return /json/i.test(type)
      ? unreadable(request, reply, 'its JSON is cut off or broken', true)
      : unreadable(request, reply, `it is ${type.slice(0, 60)}`);
  }
  return {
    json,
    origin: request.origin,
    parse(schema) {
      const parsed = v.safeParse(schema, json);
      if (!parsed.success) {
        const where = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'its top').slice(0, 3);
        throw unreadable(request, reply, `unexpected ${where.join(', ')}`).failure;
      }
      return parsed.output;
    },
  };
}
