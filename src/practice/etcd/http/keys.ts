import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Kernel } from '../../kernel';
import type { EtcdEvent } from '../api';
import { MemberClient } from '../client';
import { mayTouch, readCredentials } from '../auth/access';
import { EtcdError, unauthorised } from '../errors';
import type { Member } from '../member';
import { cleanKey } from '../tree';
import { encodeEvent, refuseMethod, send, start, type Replying } from './reply';
import { readForm } from './form';
import { comparedBy, readKeyRequest, writeOf, type KeyRequest } from './keyRequest';

const METHODS = ['HEAD', 'GET', 'PUT', 'POST', 'DELETE'];

/** /v2/keys: reading, writing and waiting. */
export async function serveKeys(
  member: Member,
  kernel: Kernel,
  exchange: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<void> {
  const { request, response, url } = exchange;
  const path = decodeURIComponent(url.pathname.slice('/v2/keys'.length));
  const key = cleanKey(path);
  const { method = 'GET' } = request;
  if (!METHODS.includes(method)) {
    refuseMethod({ response, now: kernel.timeline.now() }, METHODS.join());
    return;
  }
  try {
    const asked = readKeyRequest(await readForm(request, url), method);
    const isWrite = method !== 'GET' && method !== 'HEAD';
    const credentials = readCredentials(request.headers.authorization);
    if (!mayTouch(member, credentials, { key: path, isWrite, isRecursive: asked.recursive })) {
      throw unauthorised();
    }
    const call = { member, kernel, key, asked };
    if (asked.wait) {
      wait(call, response);
    } else {
      sendEvent(call, response, await perform(call, method));
    }
  } catch (error) {
    if (!(error instanceof EtcdError)) {
      throw error;
    }
    send({ response, now: kernel.timeline.now() }, error.status, `${error.body}\n`, indexHeaders(member, error.index));
  }
}

interface Call {
  readonly member: Member;
  readonly kernel: Kernel;
  readonly key: string;
  readonly asked: KeyRequest;
}

const replying = ({ kernel }: Call, response: ServerResponse): Replying => ({
  response,
  now: kernel.timeline.now(),
});

async function perform({ member, key, asked }: Call, method: string): Promise<EtcdEvent> {
  const client = new MemberClient(member, () => true); // looked at before, by the path as it was written
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
  const { member, asked } = call;
  const isNew = event.action === 'create' || (event.action === 'set' && event.prevNode === undefined);
  const isShort = asked.noValueOnSuccess && WRITES.includes(event.action);
  const body = isShort ? `${JSON.stringify({ action: event.action })}\n` : encodeEvent(event);
  send(replying(call, response), isNew ? 201 : 200, body, {
    ...indexHeaders(member, member.store.index),
    ...raftHeaders(member),
  });
}

const REMOVALS = ['delete', 'compareAndDelete', 'expire'];

/** Holds the answer until something happens at the key; `waitIndex` may name an event of the past. */
function wait(call: Call, response: ServerResponse): void {
  const { member, key } = call;
  const { recursive, stream, waitIndex: since } = call.asked;
  const headers = { ...indexHeaders(member, member.store.index), ...raftHeaders(member) };
  const past = since > 0 ? member.history.since(key, recursive, since, member.store.index) : undefined;
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
  const cancel = member.history.watch(key, recursive, (event, index) => {
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

const indexHeaders = (member: Member, index: number): Record<string, string> => ({
  'X-Etcd-Cluster-Id': member.state.clusterId,
  'X-Etcd-Index': String(index),
});

/** The term is that of the last applied entry: elections that came to nothing do not show. */
const raftHeaders = (member: Member): Record<string, string> => ({
  'X-Raft-Index': String(member.state.commit),
  'X-Raft-Term': String(member.appliedTerm),
});
