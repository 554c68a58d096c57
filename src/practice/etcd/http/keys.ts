import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EtcdEvent, EtcdWrite, Kernel } from '../../kernel';
import { MemberClient } from '../client';
import { EtcdError } from '../errors';
import type { Member } from '../member';
import { cleanKey } from '../tree';
import { encodeEvent, readBody, send, start, type Replying } from './reply';
import { isTrue, wholeNumber } from './form';

/** /v2/keys: reading, writing and waiting. */
export async function serveKeys(
  member: Member,
  kernel: Kernel,
  exchange: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<void> {
  const { request, response, url } = exchange;
  const key = cleanKey(decodeURIComponent(url.pathname.slice('/v2/keys'.length)));
  const form = new URLSearchParams(url.search);
  if (request.method === 'PUT' || request.method === 'POST') {
    for (const [name, value] of new URLSearchParams(await readBody(request))) {
      form.set(name, value);
    }
  }
  try {
    await answer({ member, kernel, key, form }, request, response);
  } catch (error) {
    if (!(error instanceof EtcdError)) {
      throw error;
    }
    send({ response, now: kernel.timeline.now() }, error.status, `${error.body}\n`, indexHeaders(member, error.index));
  }
}

interface KeyRequest {
  readonly member: Member;
  readonly kernel: Kernel;
  readonly key: string;
  readonly form: URLSearchParams;
}

const replying = ({ kernel }: KeyRequest, response: ServerResponse): Replying => ({
  response,
  now: kernel.timeline.now(),
});

async function answer(call: KeyRequest, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const client = new MemberClient(call.member);
  const { key, form } = call;
  switch (request.method) {
    case 'GET':
    case 'HEAD':
    case undefined:
      if (isTrue(form, 'wait')) {
        wait(call, response);
        return;
      }
      sendEvent(call, response, await client.get(key, readOptions(form)));
      return;
    case 'PUT':
      sendEvent(call, response, await client.set(key, writeOptions(form)));
      return;
    case 'POST':
      sendEvent(call, response, await client.createInOrder(key, writeOptions(form)));
      return;
    case 'DELETE':
      sendEvent(call, response, await client.delete(key, deleteOptions(form)));
      return;
    default:
      send(replying(call, response), 405, 'Method Not Allowed\n', {
        'Content-Type': 'text/plain; charset=utf-8',
        Allow: 'GET,PUT,POST,DELETE,HEAD',
      });
  }
}

function sendEvent(call: KeyRequest, response: ServerResponse, event: EtcdEvent): void {
  const { member } = call;
  const isNew = event.action === 'create' || (event.action === 'set' && event.prevNode === undefined);
  send(replying(call, response), isNew ? 201 : 200, encodeEvent(event), {
    ...indexHeaders(member, member.store.index),
    ...raftHeaders(member),
  });
}

/** Holds the answer until something happens at the key; `waitIndex` may name an event of the past. */
function wait(call: KeyRequest, response: ServerResponse): void {
  const { member, key, form } = call;
  const isRecursive = isTrue(form, 'recursive');
  const isStream = isTrue(form, 'stream');
  const since = wholeNumber(form, 'waitIndex') ?? 0;
  const headers = { ...indexHeaders(member, member.store.index), ...raftHeaders(member) };
  const past = since > 0 ? member.history.since(key, isRecursive, since, member.store.index) : undefined;
  start(replying(call, response), 200, { 'Content-Type': 'application/json', ...headers });
  if (past !== undefined && !isStream) {
    response.end(encodeEvent(past.event()));
    return;
  }
  response.flushHeaders();
  const cancel = member.history.watch(key, isRecursive, (event, index) => {
    if (index < since) {
      return;
    }
    response.write(encodeEvent(event));
    if (!isStream) {
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

function readOptions(form: URLSearchParams): { recursive: boolean; sorted: boolean; quorum: boolean } {
  return { recursive: isTrue(form, 'recursive'), sorted: isTrue(form, 'sorted'), quorum: isTrue(form, 'quorum') };
}

function writeOptions(form: URLSearchParams): EtcdWrite {
  const ttl = form.get('ttl');
  const ttlSeconds = ttl === null || ttl === '' ? undefined : wholeNumber(form, 'ttl', 202);
  const prevIndex = wholeNumber(form, 'prevIndex');
  const refresh = isTrue(form, 'refresh');
  const prevValue = form.get('prevValue');
  if (prevValue === '') {
    throw new EtcdError(201, '"prevValue" cannot be empty', 0);
  }
  if (refresh && (form.get('value') ?? '') !== '') {
    throw new EtcdError(211, 'A value was provided on a refresh', 0);
  }
  if (refresh && ttlSeconds === undefined) {
    throw new EtcdError(212, 'No TTL value set', 0);
  }
  return {
    value: form.get('value') ?? '',
    dir: isTrue(form, 'dir'),
    refresh,
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    ...(form.has('prevExist') ? { prevExist: isTrue(form, 'prevExist') } : {}),
    ...(prevValue === null ? {} : { prevValue }),
    ...(prevIndex === undefined ? {} : { prevIndex }),
  };
}

function deleteOptions(form: URLSearchParams): {
  recursive: boolean;
  dir: boolean;
  prevValue?: string;
  prevIndex?: number;
} {
  const prevIndex = wholeNumber(form, 'prevIndex');
  const prevValue = form.get('prevValue');
  return {
    recursive: isTrue(form, 'recursive'),
    dir: isTrue(form, 'dir'),
    ...(prevValue === null ? {} : { prevValue }),
    ...(prevIndex === undefined ? {} : { prevIndex }),
  };
}
