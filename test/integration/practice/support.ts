import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** The shipped bundle, or another one that is put in its place; tests run with the project as their folder. */
const mainFile = (): string => process.env['PRACTICE_MAIN'] ?? path.resolve('dist/practice/main.mjs');
export const TOKEN = 'test-token';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The parsed body; tests look into it by `at`. */
  readonly json: unknown;
}

export interface CallOptions {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  /** Sent as it is; `body` is made JSON. */
  readonly text?: string;
  readonly body?: unknown;
}

export interface Practice {
  readonly api: string;
  readonly child: ChildProcess;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Resolves when the process is gone; by default it ends in order and takes its temporary folder along. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export function temporaryFolder(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'deis-practice-test-'));
}

export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the bundle to its end. */
export async function runPractice(args: readonly string[]): Promise<RunResult> {
  const child = spawn(process.execPath, [mainFile(), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}

/** Starts the bundle in a child process and waits until it says that it is ready. */
export async function startPractice(...args: readonly string[]): Promise<Practice> {
  return await practiceOf(spawn(process.execPath, [mainFile(), '--token', TOKEN, ...args], { stdio: LOUD }));
}

const LOUD: StdioOptions = ['ignore', 'pipe', 'inherit'];

/** As `startPractice`, with what it says about itself kept. */
export async function startQuietPractice(...args: readonly string[]): Promise<Practice & { said(): string }> {
  const child = spawn(process.execPath, [mainFile(), '--token', TOKEN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += String(chunk)));
  return { ...(await practiceOf(child)), said: () => text };
}

async function practiceOf(child: ChildProcess): Promise<Practice> {
  if (child.stdout === null) throw new Error('Its output goes elsewhere');
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), ended.then(() => undefined)]);
  if (first === undefined) throw new Error('The practice cloud ended before it was ready');
  const { api } = JSON.parse(String(first[0])) as { api: string };
  return {
    ...{ api, child },
    call: (method, target, options = {}) => call(`${api}${target}`, method, options),
    async kill(signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
    },
  };
}

/** node:http and not fetch, because a test sets the Host header. */
function call(url: string, method: string, options: CallOptions): Promise<Answer> {
  const text = options.text ?? (options.body === undefined ? '' : JSON.stringify(options.body));
  const headers = {
    authorization: `Bearer ${options.token ?? TOKEN}`,
    ...(text !== '' && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const json: unknown = body.startsWith('{') ? JSON.parse(body) : undefined;
        const answered: Record<string, string> = {};
        for (const [name, value] of Object.entries(incoming.headers)) answered[name] = String(value);
        resolve({ status: incoming.statusCode ?? 0, headers: answered, text: body, json });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

/** What lies at a path such as `droplets.0.id`; undefined when something on the way is missing. */
export function at(value: unknown, where: string): unknown {
  let found = value;
  for (const key of where.split('.')) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string, unknown>)[key]; // only looked at, never trusted
  }
  return found;
}

export function listAt(value: unknown, where: string): readonly unknown[] {
  const found = at(value, where);
  return Array.isArray(found) ? found : [];
}

/** Asks again until the answer is the one waited for; fails with the last one. */
export async function until(ask: () => Promise<Answer>, isIt: (answer: Answer) => boolean): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    if (attempt > 200) throw new Error(`Waited in vain; last answer ${answer.status}: ${answer.text.slice(0, 300)}`);
    await sleep(20);
  }
}

/** A public key that DigitalOcean takes. */
export const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl test@example.com';

export const dropletRequest = (names: readonly string[], more: object = {}): object => ({
  ...{ names, region: 'nyc3', size: '512mb', image: 'coreos-stable', user_data: '#cloud-config\n' },
  ...more,
});

export async function createActive(
  practice: Practice,
  names: readonly string[],
  more: object = {},
  token = TOKEN,
): Promise<number[]> {
  const created = await practice.call('POST', '/v2/droplets', { token, body: dropletRequest(names, more) });
  if (created.status !== 202) throw new Error(`Create answered ${created.status}: ${created.text}`);
  const ids = listAt(created.json, 'droplets').map((droplet) => Number(at(droplet, 'id')));
  for (const id of ids) {
    await until(
      () => practice.call('GET', `/v2/droplets/${id}`, { token }),
      ({ json }) => at(json, 'droplet.status') === 'active',
    );
  }
  return ids;
}
