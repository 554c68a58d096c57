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

/** Starts a request to the practice process itself; resolves with the answer's head. */
export function open(
  { api, token }: PracticeAddress,
  path: string,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const request = http.get(`${api}${path}`, { headers: { authorization: `Bearer ${token}` }, agent: false });
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
  });
}

/** Reads a small JSON answer. @throws ClusterError practiceUnavailable when it is none; Node's error when nobody answers */
export async function getJson(address: PracticeAddress, path: string, signal: AbortSignal): Promise<unknown> {
  const response = await open(address, path, signal);
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
  try {
    if (response.statusCode === 200) {
      return JSON.parse(Buffer.concat(chunks).toString('utf8'));
    }
  } catch {
    // Reported below.
  }
  const message = `The practice cloud does not answer as expected (${path}, status ${response.statusCode ?? 0}).`;
  throw new ClusterError(message, { code: 'practiceUnavailable' });
}
