import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { describeJsonProblem } from '../../network/goJson';
import { readBody } from './reply';

/** A request that etcd refuses before it looks at the members. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const bodySchema = v.object({ peerURLs: v.optional(v.array(v.string()), []) });

/** The peer URLs that a request for /v2/members names, sorted. @throws Refusal in etcd's words (etcd 3.4, `unmarshalRequest`, `NewURLs`) */
export async function readPeerUrls(request: IncomingMessage): Promise<readonly string[]> {
  const type = request.headers['content-type'] ?? '';
  if (type !== 'application/json') {
    throw new Refusal(415, `Bad Content-Type ${type}, accept application/json`);
  }
  const urls = parse(await readBody(request));
  if (urls.length === 0) {
    throw new Refusal(400, 'no valid URLs given');
  }
  return urls.map((url) => checkPeerUrl(url)).sort();
}

function parse(body: string): readonly string[] {
  try {
    return v.parse(bodySchema, JSON.parse(body)).peerURLs;
  } catch {
    throw new Refusal(400, describeJsonProblem(body));
  }
}

/** The URL without blanks around it. @throws Refusal */
export function checkPeerUrl(text: string): string {
  const url = text.trim();
  const [scheme = '', rest] = url.split('://', 2);
  if (rest === undefined || !['http', 'https', 'unix', 'unixs'].includes(scheme)) {
    throw new Refusal(400, `URL scheme must be http, https, unix, or unixs: ${url}`);
  }
  const [address = '', ...path] = rest.split('/');
  if (!address.includes(':')) {
    throw new Refusal(400, `URL address does not have the form "host:port": ${url}`);
  }
  if (path.length > 0) {
    throw new Refusal(400, `URL must not contain a path: ${url}`);
  }
  return url;
}
