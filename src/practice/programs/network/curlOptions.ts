/** curl's command line, as far as an operator of such a cluster uses it. */
export interface CurlRequest {
  readonly urls: readonly string[];
  readonly method: string | undefined;
  readonly headers: readonly string[];
  readonly data: readonly string[];
  readonly output: string | undefined;
  readonly usesRemoteName: boolean;
  readonly writeOut: string | undefined;
  readonly socketPath: string | undefined;
  readonly maxTime: number | undefined;
  readonly connectTimeout: number | undefined;
  readonly dumpHeader: string | undefined;
  readonly retries: number;
  readonly flags: ReadonlySet<string>;
}

const VALUES: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  d: 'data',
  o: 'output',
  w: 'write-out',
  m: 'max-time',
  D: 'dump-header',
  A: 'user-agent',
  u: 'user',
  e: 'referer',
  b: 'cookie',
  c: 'cookie-jar',
  x: 'proxy',
  T: 'upload-file',
  F: 'form',
  E: 'cert',
  r: 'range',
  K: 'config',
  Y: 'speed-limit',
  y: 'speed-time',
};
const LONG_VALUES = new Set([
  ...Object.values(VALUES),
  ...[
    'unix-socket',
    'connect-timeout',
    'data-binary',
    'data-raw',
    'data-urlencode',
    'retry',
    'retry-delay',
    'retry-max-time',
    'url',
    'cacert',
    'capath',
    'max-redirs',
    'resolve',
    'interface',
    'limit-rate',
    'proto',
    'ciphers',
    'json',
    'key',
    'noproxy',
  ],
]);
const FLAGS: Readonly<Record<string, string>> = {
  s: 'silent',
  S: 'show-error',
  f: 'fail',
  L: 'location',
  i: 'include',
  I: 'head',
  k: 'insecure',
  v: 'verbose',
  O: 'remote-name',
  g: 'globoff',
  G: 'get',
  '#': 'progress-bar',
  '4': 'ipv4',
  '6': 'ipv6',
  N: 'no-buffer',
  q: 'disable',
  J: 'remote-header-name',
  R: 'remote-time',
  '0': 'http1.0',
};

export class CurlUsage extends Error {}

/** @throws CurlUsage in curl's words. */
export function parseCurl(args: readonly string[]): CurlRequest {
  const values = new Map<string, string[]>();
  const flags = new Set<string>();
  const urls: string[] = [];
  const words = [...args];
  const note = (name: string, option: string, attached?: string): void => {
    const value = attached ?? words.shift();
    if (value === undefined) {
      throw new CurlUsage(`curl: option ${option}: requires parameter`);
    }
    values.set(name, [...(values.get(name) ?? []), value]);
  };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word.startsWith('--')) {
      const [name, attached] = [word.slice(2).replace(/=.*/s, ''), /=(.*)/s.exec(word)?.[1]];
      if (LONG_VALUES.has(name)) {
        note(name, word, attached);
      } else if (/^[a-z0-9-.]+$/.test(name)) {
        flags.add(name);
      } else {
        throw new CurlUsage(`curl: option ${word}: is unknown`);
      }
    } else if (word.startsWith('-') && word.length > 1) {
      for (let index = 1; index < word.length; index += 1) {
        const letter = word.charAt(index);
        const [value, flag] = [VALUES[letter], FLAGS[letter]];
        if (value !== undefined) {
          note(value, `-${letter}`, index + 1 < word.length ? word.slice(index + 1) : undefined);
          break;
        }
        if (flag === undefined) {
          throw new CurlUsage(`curl: option -${letter}: is unknown`);
        }
        flags.add(flag);
      }
    } else {
      urls.push(word);
    }
  }
  return requestOf(values, flags, urls);
}

function requestOf(
  values: ReadonlyMap<string, readonly string[]>,
  flags: ReadonlySet<string>,
  urls: readonly string[],
): CurlRequest {
  const last = (name: string): string | undefined => values.get(name)?.at(-1);
  const seconds = (name: string): number | undefined => (last(name) === undefined ? undefined : Number(last(name)));
  const agent = last('user-agent') ?? 'curl/7.43.0';
  const user = last('user');
  const encoded = (values.get('data-urlencode') ?? []).map((value) => {
    const [name, rest] = [/^([^=]*)=/.exec(value)?.[1], value.replace(/^[^=]*=/, '')];
    return name === undefined || name === '' ? encodeURIComponent(rest) : `${name}=${encodeURIComponent(rest)}`;
  });
  return {
    urls: [...(values.get('url') ?? []), ...urls],
    method: last('request'),
    headers: [
      `User-Agent: ${agent}`,
      ...(user === undefined ? [] : [`Authorization: Basic ${Buffer.from(user).toString('base64')}`]),
      ...(values.get('header') ?? []),
    ],
    data: [
      ...(values.get('data') ?? []),
      ...(values.get('data-binary') ?? []).map((value) => `\0${value}`),
      ...(values.get('data-raw') ?? []),
      ...encoded,
    ],
    output: last('output'),
    usesRemoteName: flags.has('remote-name'),
    writeOut: last('write-out'),
    socketPath: last('unix-socket'),
    maxTime: seconds('max-time'),
    connectTimeout: seconds('connect-timeout'),
    dumpHeader: last('dump-header'),
    retries: Number(last('retry') ?? 0),
    flags,
  };
}
