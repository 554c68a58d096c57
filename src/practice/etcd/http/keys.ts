import type { IncomingMessage, ServerResponse } from 'node:http';
import { readCredentials, type Credentials, type KeyAccess } from '../auth/access';
import type { EtcdClient, EtcdEvent } from '../api';
import { EtcdError, unauthorised } from '../errors';
import type { History } from '../history';
import { cleanKey } from '../tree';
import { encodeEvent, refuseMethod, send, start, type Replying } from './reply';
import { readForm } from './form';
import type { Target } from './target';
import { comparedBy, readKeyRequest, writeOf, type KeyRequest } from './keyRequest';

const METHODS = ['HEAD', 'GET', 'PUT', 'POST', 'DELETE'];

/** The keys of one etcd. */
export interface KeySpace {
  readonly clusterId: string;
  readonly index: number;
  /** The last applied entry. The term is its own: elections that came to nothing do not show. */
  readonly raft: { readonly index: number; readonly term: number };
  readonly history: History;
  /** Asks nobody for credentials: that is looked at before, by the path as it was written. */
  readonly client: Pick<EtcdClient, 'get' | 'set' | 'createInOrder' | 'delete'>;
  now(): number;
  mayTouch(credentials: Credentials, asked: KeyAccess): boolean;
}

/** /v2/keys: reading, writing and waiting. */
export async function serveKeys(
  space: KeySpace,
  exchange: { request: IncomingMessage; response: ServerResponse; target: Target },
): Promise<void> {
  const { request, response, target } = exchange;
  const path = target.path.slice('/v2/keys'.length);
  const key = cleanKey(path);
  const { method = 'GET' } = request;
  if (!METHODS.includes(method)) {
    refuseMethod({ response, now: space.now() }, METHODS.join());
    return;
  }
  try {
    const asked = readKeyRequest(await readForm(request, target.query), method);
    const isWrite = method !== 'GET' && method !== 'HEAD';
    const credentials = readCredentials(request.headers.authorization);
    if (!space.mayTouch(credentials, { key: path, isWrite, isRecursive: asked.recursive })) {
      throw unauthorised();
    }
    const call = { space, key, asked };
    if (asked.wait) {
      wait(call, response);
    } else {
      sendEvent(call, response, await perform(call, method));
    }
  } catch (error) {
    if (!(error instanceof EtcdError)) {
      throw error;
    }
    send({ response, now: space.now() }, error.status, `${error.body}\n`, indexHeaders(space, error.index));
  }
}

interface Call {
  readonly space: KeySpace;
  readonly key: string;
  readonly asked: KeyRequest;
}

const replying = ({ space }: Call, response: ServerResponse): Replying => ({ response, now: space.now() });

async function perform({ space: { client }, key, asked }: Call, method: string): Promise<EtcdEvent> {
  const { recursive, sorted, quorum, dir } = asked;
  switch (method) {
    case 'PUT':
      return await client.set(key, writeOf(asked));
    case 'POST':
      return await client.createInOrder(key, writeOf(asked));
    case 'DELETE':
      return await client.delete(key, { recursive, dir, ...comparedBy(asked) });
    default:
      return await client.get(key, { recursive, sorted, quorum });
  }
}

const WRITES = ['set', 'compareAndSwap', 'create', 'update'];

function sendEvent(call: Call, response: ServerResponse, event: EtcdEvent): void {
  const { space, asked } = call;
  const isNew = event.action === 'create' || (event.action === 'set' && event.prevNode === undefined);
  const isShort = asked.noValueOnSuccess && WRITES.includes(event.action);
  const body = isShort ? `${JSON.stringify({ action: event.action })}\n` : encodeEvent(event);
  send(replying(call, response), isNew ? 201 : 200, body, {
    ...indexHeaders(space, space.index),
    ...raftHeaders(space),
  });
}

const REMOVALS = ['delete', 'compareAndDelete', 'expire'];

/** Holds the answer until something happens at the key; `waitIndex` may name an event of the past. */
function wait(call: Call, response: ServerResponse): void {
  const { space, key } = call;
  const { recursive, stream, waitIndex: since } = call.asked;
  const headers = { ...indexHeaders(space, space.index), ...raftHeaders(space) };
  const past = since > 0 ? space.history.since(key, recursive, since, space.index) : undefined;
  start(replying(call, response), 200, { 'Content-Type': 'application/json', ...headers });
  if (past !== undefined) {
    // Who asked for a stream gets nothing more, and no end either: etcd forgets to let it wait (v2store, `watcherHub.watch`).
    response.write(encodeEvent(past.event()));
    if (!stream) {
      response.end();
    }
    return;
  }
  response.flushHeaders();
  const cancel = space.history.watch(key, recursive, (event, index) => {
    if (index < since) {
      return;
    }
    // Whoever stays and watches the very key that goes hears of it twice (v2store, `notifyWatchers` and `notify`).
    const times = stream && event.node.key === key && REMOVALS.includes(event.action) ? 2 : 1;
    response.write(encodeEvent(event).repeat(times));
    if (!stream) {
      cancel();
      response.end();
    }
  });
  response.on('close', cancel);
}

const indexHeaders = (space: KeySpace, index: number): Record<string, string> => ({
  'X-Etcd-Cluster-Id': space.clusterId,
  'X-Etcd-Index': String(index),
});

const raftHeaders = ({ raft }: KeySpace): Record<string, string> => ({
  'X-Raft-Index': String(raft.index),
  'X-Raft-Term': String(raft.term),
});
