import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { at, startPractice, until, type Answer, type Practice } from './support';

interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly status: number;
  readonly reply: string;
}

/** What doctl and Terraform sent, command by command; what the recording shortened is a real key again. */
function recordings(): { command: string; requests: Recorded[] }[] {
  const key = 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCo8gfTfGxsUa4FcMIrdYqpiDOOaBVAfp1ObIWNfNxMDpMQPcO+Cg==';
  const commands: { command: string; requests: Recorded[] }[] = [];
  for (const line of readFileSync('test/fixtures/traces/digitalocean/clients.jsonl', 'utf8').trim().split('\n')) {
    const entry = JSON.parse(line.replaceAll('ssh-rsa AAAA…', key)) as Recorded & { command?: string };
    if (entry.command !== undefined) commands.push({ command: entry.command, requests: [] });
    else commands.at(-1)?.requests.push(entry);
  }
  return commands;
}

/** The recorded reply; undefined when there is none, or when the recording cut it off. */
function replyOf({ reply }: Recorded): unknown {
  return reply === '' || reply.endsWith('…') ? undefined : JSON.parse(reply);
}

const isName = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

/** Ids, uuids and fingerprints of the recording, each with ours in its place. */
class Names {
  readonly #ours = new Map<string, string>();

  learn(recorded: unknown, ours: unknown): void {
    if (typeof recorded !== 'object' || recorded === null || typeof ours !== 'object' || ours === null) return;
    for (const [key, value] of Object.entries(recorded)) {
      const mine = at(ours, key);
      if (typeof value === 'object') this.learn(value, mine);
      else if (/^(id|fingerprint)$/.test(key) && isName(mine)) this.#ours.set(String(value), String(mine));
    }
  }

  translate(text: string): string {
    let result = text;
    for (const [recorded, ours] of this.#ours) result = result.replaceAll(recorded, ours);
    return result;
  }
}

/** Where the reply lacks something that the recorded one has, or has another type there. */
function differences(recorded: unknown, ours: unknown, where = ''): string[] {
  if (recorded === undefined || recorded === null || ours === null) return [];
  if (Array.isArray(recorded)) {
    if (!Array.isArray(ours)) return [`${where} is no list`];
    if (recorded.length > 0 && ours.length === 0) return [`${where} is empty`];
    return recorded.length === 0 ? [] : differences(recorded[0], ours[0], `${where}[0]`);
  }
  if (typeof recorded === 'object' && typeof ours === 'object') {
    return Object.entries(recorded).flatMap(([key, value]) => {
      const mine = at(ours, key);
      return mine === undefined ? [`${where}.${key} is missing`] : differences(value, mine, `${where}.${key}`);
    });
  }
  return typeof recorded === typeof ours ? [] : [`${where} is ${typeof ours}, not ${typeof recorded}`];
}

describe('what DigitalOcean’s own clients were recorded to send', () => {
  let practice: Practice;
  const names = new Names();
  before(async () => (practice = await startPractice('--speed', 'max')));
  after(async () => await practice.kill());

  async function replay(request: Recorded): Promise<Answer> {
    const isUnauthorized = request.status === 401;
    const expected = replyOf(request);
    // The recording waited between its polls; ours is asked again until it is as far.
    const state = at(expected, 'action.status') ?? at(expected, 'droplet.status');
    return await until(
      () =>
        practice.call(request.method, names.translate(request.url), {
          text: names.translate(request.body),
          ...(isUnauthorized && { token: 'wrong' }),
        }),
      ({ status, json }) => {
        if (request.method !== 'GET') return true;
        const ours = at(json, 'action.status') ?? at(json, 'droplet.status');
        const total = at(expected, 'meta.total');
        if (total !== undefined && request.url.includes('droplets')) return at(json, 'meta.total') === total;
        return status === request.status && (state === 'in-progress' || ours === state);
      },
    );
  }

  for (const { command, requests } of recordings()) {
    it(`answers ${command.slice(0, 70)}`, async () => {
      for (const request of requests) {
        const answer = await replay(request);
        const expected = replyOf(request);

        assert.equal(answer.status, request.status, `${request.method} ${request.url}: ${answer.text}`);
        assert.deepEqual(differences(expected, answer.json), [], `${request.method} ${request.url}`);
        if (request.status >= 400) assert.equal(at(answer.json, 'message'), at(expected, 'message'));
        names.learn(expected, answer.json);
      }
    });
  }
});
