import { STATUS_CODES } from 'node:http';
import type { ProgramContext } from '../program';
import { insideOf } from '../../host/inside';
import { resolvePath } from '../../host/files/path';
import { follow } from '../../shell/abort';
import type { CurlRequest } from './curlOptions';
import { CurlUsage, parseCurl } from './curlOptions';
import { program } from '../program';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** curl's own exit code and sentence. */
class CurlFailure extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const MOST_REDIRECTS = 50;

async function curl(context: ProgramContext): Promise<number> {
  let request: CurlRequest;
  try {
    request = parseCurl(context.args);
  } catch (error) {
    context.stderr(
      `${error instanceof CurlUsage ? error.message : String(error)}\ncurl: try 'curl --help' or 'curl --manual' for more information\n`,
    );
    return 2;
  }
  if (request.flags.has('version')) {
    context.stdout(
      'curl 7.43.0 (x86_64-cros-linux-gnu) libcurl/7.43.0 OpenSSL/1.0.2h zlib/1.2.8\nProtocols: http https \nFeatures: IPv6 Largefile SSL libz UnixSockets \n',
    );
    return 0;
  }
  if (request.urls.length === 0) {
    context.stderr("curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more information\n");
    return 2;
  }
  let code = 0;
  for (const url of request.urls) {
    code = await transfer(context, request, withScheme(url));
  }
  return code;
}

const withScheme = (url: string): string => (/^[a-z]+:\/\//i.test(url) ? url : `http://${url}`);

async function transfer(context: ProgramContext, request: CurlRequest, url: string): Promise<number> {
  const started = context.timeline.now();
  const complain = !request.flags.has('silent') || request.flags.has('show-error');
  let status = 0;
  let code = 0;
  let body = '';
  let type = '';
  try {
    const reply = await fetchAll(context, request, url);
    ({ status, body } = reply);
    type = headerOf(reply, 'content-type') ?? '';
    await deliver(context, request, { url, reply });
  } catch (error) {
    if (context.signal.aborted) {
      return 130;
    }
    const failure =
      error instanceof CurlFailure ? error : new CurlFailure(7, error instanceof Error ? error.message : String(error));
    code = failure.code;
    if (complain) {
      context.stderr(`curl: (${failure.code}) ${failure.message}\n`);
    }
  }
  if (request.writeOut !== undefined) {
    const seconds = (context.timeline.now() - started) / 1000;
    context.stdout(writeOut(request.writeOut, { url, status, seconds, type, size: Buffer.byteLength(body) }));
  }
  return code;
}

/** Follows redirects when asked, tries again when asked. */
async function fetchAll(context: ProgramContext, request: CurlRequest, first: string): Promise<Reply> {
  let url = first;
  let method = methodOf(request);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const reply = await fetchWithRetries(context, request, { url, method });
    const target = headerOf(reply, 'location');
    if (request.flags.has('location') && target !== undefined && reply.status >= 300 && reply.status < 400) {
      url = new URL(target, url).href;
      method = reply.status === 307 || reply.status === 308 || method === 'HEAD' ? method : 'GET';
      continue;
    }
    return reply;
  }
  throw new CurlFailure(47, `Maximum (${MOST_REDIRECTS}) redirects followed`);
}

async function fetchWithRetries(
  context: ProgramContext,
  request: CurlRequest,
  what: { url: string; method: string },
): Promise<Reply> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const reply = await fetchOnce(context, request, what);
      if (attempt >= request.retries || ![408, 429, 500, 502, 503, 504].includes(reply.status)) {
        return reply;
      }
    } catch (error) {
      if (attempt >= request.retries || (error instanceof CurlFailure && ![6, 7, 28].includes(error.code))) {
        throw error;
      }
    }
    // curl waits a second before the first retry and doubles it.
    await context.timeline.sleep(1000 * 2 ** attempt, context.signal);
  }
}

async function fetchOnce(
  context: ProgramContext,
  request: CurlRequest,
  { url, method }: { url: string; method: string },
): Promise<Reply> {
  const { kernel } = insideOf(context.host);
  const limitMs = Math.min((request.maxTime ?? Infinity) * 1000, (request.connectTimeout ?? Infinity) * 1000);
  const followed = follow([context.signal]);
  let isLate = false;
  const cancel = Number.isFinite(limitMs)
    ? context.timeline.after(limitMs, () => {
        isLate = true;
        followed.abort();
      })
    : undefined;
  const body = request.flags.has('get') ? undefined : await bodyOf(context, request);
  const headers = headersOf(request, body);
  const target = request.flags.has('get') ? `${url}?${(await bodyOf(context, request)) ?? ''}` : url;
  try {
    const reply = await kernel.fetch(context.host, {
      url: target,
      ...{ method, headers },
      signal: followed.signal,
      ...(body === undefined ? {} : { body }),
      ...(request.socketPath === undefined ? {} : { socketPath: request.socketPath }),
    });
    if (request.flags.has('verbose')) {
      context.stderr(conversation({ url: target, method, headers, reply, socketPath: request.socketPath }));
    }
    return reply;
  } catch (error) {
    throw explain(error, { url, request, limitMs, isLate });
  } finally {
    cancel?.();
    followed.release();
  }
}

/** `-v`: what was sent and what came back. */
function conversation(what: {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly reply: Reply;
  readonly socketPath: string | undefined;
}): string {
  const { url, method, headers, reply, socketPath } = what;
  const { hostname, host, pathname, search } = new URL(url);
  const there = socketPath ?? `${hostname} (${hostname}) port ${portOf(url)}`;
  const sent = [`${method} ${pathname}${search} HTTP/1.1`, `Host: ${host}`];
  const given = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    `*   Trying ${socketPath ?? hostname}...`,
    `* Connected to ${there} (#0)`,
    ...[...sent, ...given, ''].map((line) => `> ${line}\r`),
    ...headText(reply)
      .split('\r\n')
      .slice(0, -1)
      .map((line) => `< ${line}\r`),
    `* Connection #0 to host ${hostname} left intact`,
    '',
  ].join('\n');
}

const methodOf = ({ method, data, flags }: CurlRequest): string =>
  method ?? (flags.has('head') ? 'HEAD' : data.length > 0 && !flags.has('get') ? 'POST' : 'GET');

/** `-d` joins with `&`; `@file` and `@-` are read, without line ends unless `--data-binary`. */
async function bodyOf(context: ProgramContext, { data }: CurlRequest): Promise<string | undefined> {
  if (data.length === 0) {
    return undefined;
  }
  const parts: string[] = [];
  for (const raw of data) {
    const isBinary = raw.startsWith('\0');
    const value = isBinary ? raw.slice(1) : raw;
    const text = value.startsWith('@') ? await readData(context, value.slice(1)) : value;
    parts.push(value.startsWith('@') && !isBinary ? text.replaceAll(/[\r\n]/g, '') : text);
  }
  return parts.join('&');
}

async function readData(context: ProgramContext, path: string): Promise<string> {
  if (path === '-') {
    return context.stdin === '' ? ((await context.session?.readStdin()) ?? '') : context.stdin;
  }
  const absolute = resolvePath(context.workingDirectory, path);
  if (!(await context.host.files.exists(absolute))) {
    context.stderr(`Warning: Couldn't read data from file "${path}", this makes an empty POST.\n`);
    return '';
  }
  return await context.host.files.readFile(absolute);
}

function headersOf(request: CurlRequest, body: string | undefined): Record<string, string> {
  const headers: Record<string, string> = { Accept: '*/*' };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/x-www-form-urlencoded';
  }
  for (const line of request.headers) {
    const [name, value] = [line.replace(/:.*/s, ''), line.replace(/^[^:]*:\s*/, '')];
    const known = Object.keys(headers).find((one) => one.toLowerCase() === name.toLowerCase());
    if (known !== undefined) {
      Reflect.deleteProperty(headers, known);
    }
    if (line.includes(':') && value !== '') {
      headers[name] = value;
    }
  }
  return headers;
}

function explain(
  error: unknown,
  facts: { url: string; request: CurlRequest; limitMs: number; isLate: boolean },
): CurlFailure {
  const { url, request, limitMs, isLate } = facts;
  const { hostname, port, protocol } = new URL(url);
  const at = `${hostname} port ${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
  if (isLate) {
    const isConnect = request.connectTimeout !== undefined && request.connectTimeout * 1000 === limitMs;
    return new CurlFailure(
      28,
      isConnect
        ? `Connection timed out after ${limitMs + 1} milliseconds`
        : `Operation timed out after ${limitMs} milliseconds with 0 bytes received`,
    );
  }
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ECONNREFUSED':
      return request.socketPath === undefined
        ? new CurlFailure(7, `Failed to connect to ${at}: Connection refused`)
        : new CurlFailure(7, "Couldn't connect to server");
    case 'ETIMEDOUT':
      return new CurlFailure(7, `Failed to connect to ${at}: Connection timed out`);
    case 'ENOTFOUND':
      return new CurlFailure(6, `Could not resolve host: ${hostname}`);
    case 'ECONNRESET':
      return new CurlFailure(56, 'Recv failure: Connection reset by peer');
    default:
      return new CurlFailure(52, 'Empty reply from server');
  }
}

const headerOf = ({ headers }: Reply, name: string): string | undefined =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];

async function deliver(
  context: ProgramContext,
  request: CurlRequest,
  { url, reply }: { url: string; reply: Reply },
): Promise<void> {
  const head = headText(reply);
  if (request.dumpHeader !== undefined) {
    await put(context, request.dumpHeader, head);
  }
  if (request.flags.has('fail') && reply.status >= 400) {
    throw new CurlFailure(
      22,
      `The requested URL returned error: ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`.trimEnd(),
    );
  }
  const shown = request.flags.has('head') ? head : request.flags.has('include') ? `${head}${reply.body}` : reply.body;
  const name = request.usesRemoteName ? (new URL(url).pathname.split('/').at(-1) ?? '') : request.output;
  await put(context, name ?? '-', shown);
}

const headText = (reply: Reply): string =>
  `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}\r\n${Object.entries(reply.headers)
    .map(([name, value]) => `${properName(name)}: ${value}\r\n`)
    .join('')}\r\n`;

/** Node lowers the case of names; servers of 2016 wrote them so. */
const properName = (name: string): string =>
  name.replaceAll(/(^|-)([a-z])/g, (_whole, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`);

async function put(context: ProgramContext, path: string, text: string): Promise<void> {
  switch (path) {
    case '-':
    case '/dev/stdout':
      context.stdout(text);
      break;
    case '/dev/stderr':
      context.stderr(text);
      break;
    case '/dev/null':
      break;
    default: {
      const { user, signal } = context;
      const written = await context.run(`cat > ${JSON.stringify(resolvePath(context.workingDirectory, path))}`, {
        user,
        signal,
        stdin: text,
      });
      if (written.exitCode !== 0) {
        throw new CurlFailure(23, `Failed writing body (0 != ${Buffer.byteLength(text)})`);
      }
    }
  }
}

function writeOut(
  format: string,
  facts: { url: string; status: number; seconds: number; type: string; size: number },
): string {
  const time = facts.seconds.toFixed(3);
  const known: Readonly<Record<string, string>> = {
    http_code: String(facts.status).padStart(3, '0'),
    response_code: String(facts.status).padStart(3, '0'),
    time_total: time,
    time_connect: time,
    time_starttransfer: time,
    time_namelookup: '0.000',
    content_type: facts.type,
    size_download: String(facts.size),
    speed_download: (facts.size / Math.max(facts.seconds, 0.001)).toFixed(3),
    time_redirect: '0.000',
    time_pretransfer: time,
    local_ip: '127.0.0.1',
    remote_ip: hostOf(facts.url),
    remote_port: portOf(facts.url),
    url_effective: facts.url,
    num_redirects: '0',
    exitcode: '0',
  };
  return format
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t')
    .replaceAll('\\r', '\r')
    .replaceAll(/%\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole);
}

const hostOf = (url: string): string => new URL(url).hostname;
const portOf = (url: string): string => new URL(url).port || (url.startsWith('https:') ? '443' : '80');

/** wget as scripts use it: quiet, to a file or to standard output. */
async function wget(context: ProgramContext): Promise<number> {
  const words = [...context.args];
  const args: string[] = ['-sS', '-f', '-L'];
  let output: string | undefined;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (/^-\w*O$/.test(word)) {
      output = words.shift();
    } else if (/^-\w*O.+$/.test(word) || word.startsWith('--output-document=')) {
      output = word.replace(/^-\w*?O|^--output-document=/, '');
    } else if (!word.startsWith('-')) {
      args.push(word);
    }
  }
  const code = await curl({ ...context, args: [...args, ...(output === undefined ? ['-O'] : ['-o', output])] });
  return code === 22 ? 8 : code === 0 ? 0 : 4;
}

export const curlPrograms = [program('curl', curl), program('wget', wget)];
