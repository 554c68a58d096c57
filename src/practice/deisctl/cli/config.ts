import { EtcdError } from '../../etcd/errors';
import { connect } from '../../etcd/etcdctl/endpoint';
import type { EtcdClient } from '../../etcd/api';
import { DeisctlError, UsageError, type DeisctlCall } from './call';

/** Everything up to the last `=` that leaves a value is the key: greedy, as deisctl's pattern is (Deis, deisctl/config/config.go). */
const PAIR = /^(.+)=([\s\S]+)$/;
/** Values that are paths of files on the machine where deisctl runs. */
const FILES = new Set(['sshPrivateKey', 'sslCert', 'sslKey', 'sslDhparam']);

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
  return await ask(call, async (client) => {
    if (action === 'get') {
      return (await client.get(key)).node.value ?? '';
    }
    await client.delete(key);
    return word;
  });
}

async function set(call: DeisctlCall, target: string, word: string): Promise<string> {
  const [, name, text] = PAIR.exec(word) ?? [];
  if (name === undefined || text === undefined) {
    throw new DeisctlError(`'${word}' does not match the pattern 'key=var', ex: foo=bar\n`);
  }
  const value = FILES.has(name) ? await readValue(call, name, text) : text;
  await ask(call, (client) => client.set(`/deis/${target}/${name}`, { value }));
  return value;
}

async function readValue(call: DeisctlCall, name: string, text: string): Promise<string> {
  const { files } = call.context.host;
  const home = call.context.environment['HOME'] ?? '/root';
  const path = files.resolvePath(
    call.context.workingDirectory,
    text.replace(/^~(?=\/|$)/, home).replaceAll('$HOME', home),
  );
  if (!(await files.exists(path))) {
    throw new DeisctlError(`open ${path}: no such file or directory`);
  }
  const content = await files.readFileBuffer(path);
  return name === 'sshPrivateKey' ? Buffer.from(content).toString('base64') : Buffer.from(content).toString('utf8');
}

/** go-etcd asks every peer twice, then gives up with a code of its own. */
export async function ask<T>(call: DeisctlCall, work: (client: EtcdClient) => Promise<T>): Promise<T> {
  const client = await connect(call.far, [call.endpoint]);
  if (typeof client === 'string') {
    throw unreachable('Tried to connect to each peer twice and failed');
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
        const peers = `failed to propose on members [${call.endpoint}] twice`;
        throw unreachable(`${peers} [last error: Unexpected HTTP status code]`);
      }
    }
  }
}

const unreachable = (why: string): DeisctlError =>
  new DeisctlError(`501: All the given peers are not reachable (${why}) [0]`);
