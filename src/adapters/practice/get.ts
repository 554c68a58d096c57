import http from 'node:http';
import { ClusterError } from '../../core/errors';
import { abortReason } from '../net/abort';

/** 500 droplets with a dozen ports each are about 200 KiB. */
const LARGEST_REPLY = 8 * 1024 * 1024;

export interface PracticeAddress {
  /** Origin, such as `http://127.0.0.1:8400`. */
  readonly api: string;
  readonly token: string;
}

/** A call of the practice process's own; GET without a method. */
export interface PracticeCall {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

export interface PracticeReply {
  readonly status: number;
  /** Undefined when it is no JSON. */
  readonly body: unknown;
}

/** Starts a request to the practice process itself; resolves with the answer's head. */
export function open(
  { api, token }: PracticeAddress,
  { method = 'GET', path, body }: PracticeCall,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
    const request = http.request(`${api}${path}`, { method, headers, agent: false });
    const onAbort = (): void => void request.destroy(abortReason(signal));
    signal.addEventListener('abort', onAbort, { once: true, signal: settled.signal });
    request.on('error', (error) => {
      settled.abort();
      reject(signal.aborted ? abortReason(signal) : error);
    });
    request.on('response', (response) => {
      response.on('error', () => undefined);
      response.on('close', () => settled.abort());
      resolve(response);
    });
    request.end(body && JSON.stringify(body));
  });
}

/** Reads a small answer. @throws Node's error when nobody answers */
export async function call(address: PracticeAddress, what: PracticeCall, signal: AbortSignal): Promise<PracticeReply> {
  const response = await open(address, what, signal);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (Buffer.isBuffer(chunk)) {
      chunks.push(chunk);
      length += chunk.length;
    }
    if (length > LARGEST_REPLY) {
      break;
    }
  }
  return { status: response.statusCode ?? 0, body: readJson(Buffer.concat(chunks)) };
}

/** @throws ClusterError practiceUnavailable when the answer is no good JSON; Node's error when nobody answers */
export async function getJson(address: PracticeAddress, path: string, signal: AbortSignal): Promise<unknown> {
  const { status, body } = await call(address, { path }, signal);
  if (status === 200 && body !== undefined) {
    return body;
  }
  throw unexpected(path, status);
}

export function unexpected(path: string, status: number): ClusterError {
  const message = `The practice cloud does not answer as expected (${path}, status ${status}).`;
  return new ClusterError(message, { code: 'practiceUnavailable' });
}

function readJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}
