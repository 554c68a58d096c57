import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { RunResult } from '../support';
import type { EtcdRequest } from './requests';

/** What came back, with everything that only names or dates one of the two etcds taken out. */
export interface Exchange {
  readonly request: string;
  readonly head: readonly string[];
  readonly body: string;
  readonly meanwhile: readonly Exchange[];
}

/** No answer takes that long: what hangs longer is one that was not to come. */
const LONGEST_MS = 30_000;

/** Talks to one etcd and remembers what requests of the other will have to name differently. */
export class EtcdClient {
  index = 0;
  #counts: Record<string, number> | undefined;

  private constructor(
    readonly url: string,
    private readonly ids: readonly (readonly [string, string])[],
  ) {}

  static async open(url: string): Promise<EtcdClient> {
    const raw = new EtcdClient(url, []);
    const { body } = await raw.exchange({ method: 'GET', path: '/v2/members' });
    const [member] = (JSON.parse(body) as { members: { id: string; peerURLs: string[] }[] }).members;
    const { head } = await raw.exchange({ method: 'GET', path: '/v2/keys' }, false);
    const cluster = head.find((line) => line.startsWith('X-Etcd-Cluster-Id: '))?.slice('X-Etcd-Cluster-Id: '.length);
    const peer = member?.peerURLs[0] ?? '';
    const ids = [
      [member?.id ?? '', '‹member›'],
      [cluster ?? '', '‹cluster›'],
      [peer, '‹peer URL›'],
      [url, '‹client URL›'],
    ] as const;
    const client = new EtcdClient(url, ids);
    client.index = raw.index;
    return client;
  }

  async exchange(asked: EtcdRequest, isNeutral = true): Promise<Exchange> {
    const path = this.#fill(asked.path);
    const answer = await this.#send({ ...asked, path });
    const meanwhile: Exchange[] = [];
    for (const next of asked.meanwhile ?? []) meanwhile.push(await this.exchange(next));
    const body = await bodyOf(answer, asked.lines);
    const head = headOf(answer);
    const index = answer.headers['x-etcd-index'];
    if (asked.meanwhile === undefined && typeof index === 'string') this.index = Number(index);
    const isTimed = asked.body?.includes('ttl=') === true && !asked.body.startsWith('refresh');
    return {
      request: `${asked.method} ${asked.path} ${asked.body ?? ''} ${asked.user ?? ''}`.trimEnd(),
      head: isNeutral ? head.map((line) => this.#neutral(headerWithoutChance(line, body))) : head,
      body: isNeutral ? this.#neutral(withoutTimes(this.#sinceOpened(body), isTimed)) : body,
      meanwhile,
    };
  }

  /** From here on the counts of /v2/stats/store are those of the requests made. */
  async countFromNow(): Promise<void> {
    await this.exchange({ method: 'GET', path: '/v2/stats/store' });
  }

  /** Writes until the next event has the given index. */
  async reach(index: number): Promise<void> {
    while (this.index < index) await this.exchange({ method: 'PUT', path: '/v2/keys/_filler', body: 'value=1' });
  }

  /** Brings both to the same index. */
  async level(other: EtcdClient): Promise<void> {
    for (const etcd of [this, other]) await etcd.exchange({ method: 'GET', path: '/v2/keys' });
    await this.reach(other.index);
    await other.reach(this.index);
  }

  /** What a program printed, with everything that only names or dates this etcd taken out. */
  neutralResult({ code, stdout, stderr }: RunResult): RunResult {
    const neutral = (text: string): string => this.#neutral(withoutTimes(text, false));
    return { code, stdout: neutral(stdout), stderr: neutral(stderr) };
  }

  async #send(asked: EtcdRequest): Promise<IncomingMessage> {
    const body = asked.body === undefined ? undefined : this.#fill(asked.body);
    const type = body === undefined ? {} : { 'content-type': asked.type ?? 'application/x-www-form-urlencoded' };
    const headers = { ...type, ...(asked.user !== undefined && { authorization: basic(asked.user) }) };
    const signal = AbortSignal.timeout(LONGEST_MS);
    const { hostname, port } = new URL(this.url);
    const { method, path } = asked;
    const outgoing = request({ hostname, port, path, method, headers, agent: false, signal });
    outgoing.end(body);
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    return incoming;
  }

  #fill(text: string): string {
    return text
      .replaceAll('{index}', String(this.index))
      .replaceAll('{index+2}', String(this.index + 2))
      .replaceAll('{member}', this.ids[0]?.[0] ?? '')
      .replaceAll('{peer}', this.ids[2]?.[0] ?? '');
  }

  /** Counts of /v2/stats/store without what etcd itself did before; of reads it does more all the time. */
  #sinceOpened(body: string): string {
    if (!body.startsWith('{"getsSuccess"')) return body;
    const counts = JSON.parse(body) as Record<string, number>;
    const before = this.#counts ?? {};
    const own = Object.entries(counts).map(
      ([name, count]) => [name, name.startsWith('gets') ? (before[name] ?? 0) : count] as const,
    );
    this.#counts ??= counts;
    return JSON.stringify(Object.fromEntries(own.map(([name, count]) => [name, count - (before[name] ?? 0)])));
  }

  #neutral(text: string): string {
    return this.ids.reduce((result, [id, name]) => (id === '' ? result : result.replaceAll(id, name)), text);
  }
}

const basic = (user: string): string => `Basic ${Buffer.from(user).toString('base64')}`;

function headOf(answer: IncomingMessage): string[] {
  const lines: string[] = [`${answer.statusCode ?? 0} ${answer.statusMessage ?? ''}`];
  for (let at = 0; at < answer.rawHeaders.length; at += 2) {
    lines.push(`${answer.rawHeaders[at] ?? ''}: ${answer.rawHeaders[at + 1] ?? ''}`);
  }
  return lines;
}

async function bodyOf(answer: IncomingMessage, lines: number | undefined): Promise<string> {
  let text = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer as AsyncIterable<string>) {
    text += chunk;
    if (lines !== undefined && text.split('\n').length > lines) break;
  }
  answer.destroy();
  return lines === undefined ? text : text.split('\n').slice(0, lines).join('\n');
}

/** Raft counts what the test does not see, and the length of a body hangs on the ids and times in it. */
const headerWithoutChance = (line: string, body: string): string =>
  line
    .replace(/^(Date|X-Raft-Index|X-Raft-Term): .*$/, '$1: ‹chance›')
    .replace(`Content-Length: ${Buffer.byteLength(body)}`, 'Content-Length: ‹right›');

const TIME = /"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)"/g;

const withoutTimes = (body: string, isTimed: boolean): string => {
  const dated = body.replace(/"uptime":"[0-9.hms]+"/, '"uptime":"‹time›"').replace(TIME, '"‹time›"');
  return isTimed ? dated : dated.replace(/"ttl":\d+/g, '"ttl":‹seconds›');
};
