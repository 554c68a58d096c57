import { EtcdError } from '../../etcd/errors';
import { connect } from '../../etcd/etcdctl/endpoint';
import type { EtcdClient } from '../../etcd/api';
import { DeisctlError, UsageError, type DeisctlCall } from './call';
import { dialWords } from './dialWords';

/** Everything up to the last `=` that leaves a value is the key: greedy, as deisctl's pattern is (Deis, deisctl/config/config.go). */
const PAIR = /^(.+)=([\s\S]+)$/;
const PRIVATE_KEY = '/deis/platform/sshPrivateKey';
/** Values that are paths of files on the machine where deisctl runs. */
const FILES = new Set([PRIVATE_KEY, '/deis/router/sslCert', '/deis/router/sslKey', '/deis/router/sslDhparam']);

/** `deisctl config TARGET set|get|rm …`: keys below /deis/TARGET. The stored value is printed, a private key too. */
export async function config(call: DeisctlCall): Promise<void> {
  const [target, action, ...words] = call.args;
  if (
    target === undefined ||
    !['set', 'get', 'rm'].includes(action ?? '') ||
    (action === 'set' && words.length === 0)
  ) {
    throw new UsageError();
  }
  const lines: string[] = [];
  for (const word of words) {
    lines.push(await act(call, { target, action: action ?? '', word }));
  }
  call.out(lines.map((line) => `${line}\n`).join(''));
}

async function act(call: DeisctlCall, what: { target: string; action: string; word: string }): Promise<string> {
  const { target, action, word } = what;
  if (action === 'set') {
    return await set(call, target, word);
  }
  const key = `/deis/${target}/${word}`;
  if (action === 'get') {
    return await read(call, key);
  }
  await ask(call, `Delete ${key}?recursive=false`, (client) => client.delete(key));
  return word;
}

export const read = (call: DeisctlCall, key: string): Promise<string> =>
  ask(call, `Get ${key}${READ}`, async (client) => (await client.get(key)).node.value ?? '');

/** How go-etcd asks for one key. */
const READ = '?quorum=false&recursive=false&sorted=true';

/** A value, or another one where the key is missing. @throws DeisctlError for any other trouble */
export async function readOr(call: DeisctlCall, key: string, otherwise: string): Promise<string> {
  try {
    return await read(call, key);
  } catch (error) {
    if (error instanceof DeisctlError && error.message.startsWith('100: ')) {
      return otherwise;
    }
    throw error;
  }
}

async function set(call: DeisctlCall, target: string, word: string): Promise<string> {
  const [, name, text] = PAIR.exec(word) ?? [];
  if (name === undefined || text === undefined) {
    throw new DeisctlError(`'${word}' does not match the pattern 'key=var', ex: foo=bar\n`);
  }
  const key = `/deis/${target}/${name}`;
  const value = FILES.has(key) ? await readValue(call, key, text) : text;
  await ask(call, `Put ${key}`, (client) => client.set(key, { value }));
  return value;
}

async function readValue(call: DeisctlCall, key: string, text: string): Promise<string> {
  const { files } = call.context.host;
  const home = call.context.environment['HOME'] ?? '/root';
  // Each of them, wherever it stands (Deis, deisctl/utils/utils.go).
  const path = text.replaceAll('~', home).replaceAll('$HOME', home);
  const whole = files.resolvePath(call.context.workingDirectory, path);
  if (!(await files.exists(whole))) {
    throw new DeisctlError(`open ${path}: no such file or directory`);
  }
  if ((await files.stat(whole)).isDirectory) {
    throw new DeisctlError(`read ${path}: is a directory`);
  }
  const content = Buffer.from(await files.readFileBuffer(whole));
  return content.toString(key === PRIVATE_KEY ? 'base64' : 'utf8');
}

/** go-etcd asks its one peer twice, then gives up with a code of its own. `request`: method and key, for its words. @throws DeisctlError */
export async function ask<T>(call: DeisctlCall, request: string, work: (client: EtcdClient) => Promise<T>): Promise<T> {
  const client = await connect(call.far, [call.endpoint]);
  if (typeof client === 'string') {
    const [method = '', path = ''] = request.split(/ (.*)/);
    throw unreachable(call, `${method} "${call.endpoint}/v2/keys${path}": ${dialWords(client, call)}`);
  }
  for (let tries = 1; ; tries += 1) {
    try {
      return await work(client);
    } catch (error) {
      if (!(error instanceof EtcdError)) {
        throw error;
      }
      if (error.code !== 300) {
        throw new DeisctlError(error.describe());
      }
      if (tries === 2) {
        throw unreachable(call, 'Unexpected HTTP status code');
      }
    }
  }
}

function unreachable({ endpoint }: DeisctlCall, lastError: string): DeisctlError {
  const why = `failed to propose on members [${endpoint}] twice [last error: ${lastError}]`;
  return new DeisctlError(`501: All the given peers are not reachable (${why}) [0]`);
}
