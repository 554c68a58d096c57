import { connect } from '../../etcd/etcdctl/endpoint';
import { EtcdError } from '../../etcd/errors';
import type { Cancel } from '../../kernel';
import type { ProgramContext } from '../../programs/program';
import type { EtcdClient, EtcdEvent, EtcdNode, EtcdWrite } from '../../etcd/api';
import { FLEET_PREFIX } from '../../fleet/registry';
import { DeisctlError } from './call';
import { dialWords } from './dialWords';

/** What a write to etcd takes, disk included; deisctl does them one after the other. */
const LATENCY_MS = 12;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
/** Kept short of the words: `client.go` is fleet's old etcd client inside deisctl (the recorded traces, no-quorum/deisctl-*). */
const FAILED = 'INFO client.go:292: Failed getting response from';
const UNUSABLE = 'INFO client.go:298: Response 500 Internal Server Error from';
const RETRYING = 'ERROR client.go:214: Unable to get result for';

interface Parts {
  readonly context: ProgramContext;
  /** Where its requests leave from. */
  readonly far: ProgramContext;
  readonly endpoint: string;
  /** Below which key fleet's registry is; usually `/_coreos.com/fleet`. */
  readonly prefix: string;
  readonly timeoutMs: number;
}

/** etcd as deisctl's fleet client sees it: every request is tried again until its time-out, and each failure is told on stderr. */
export class PatientClient implements EtcdClient {
  #client: EtcdClient | undefined;

  constructor(private readonly parts: Parts) {}

  get index(): number {
    return this.#client?.index ?? 0;
  }

  get hasQuorum(): boolean {
    return this.#client?.hasQuorum ?? false;
  }

  /** Waits until a part of the registry can be read. @throws DeisctlError */
  async reachable(part: string): Promise<void> {
    await this.#reach(`Get ${this.parts.prefix}/${part}`);
  }

  /** Finds something that answers; says what it would have asked for. @throws DeisctlError */
  async #reach(what: string): Promise<EtcdClient> {
    const { context, endpoint } = this.parts;
    const end = context.timeline.now() + this.parts.timeoutMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const found = await connect(this.parts.far, [endpoint]);
      if (typeof found !== 'string') {
        this.#client = found;
        return found;
      }
      context.stderr(`${FAILED} ${endpoint}/: ${dialWords(found, this.parts)}\n`);
      context.stderr(`${RETRYING} {${what}}, retrying in ${duration(pauseMs)}\n`);
      if (context.timeline.now() + pauseMs >= end) {
        throw new DeisctlError('timeout reached');
      }
      await context.timeline.sleep(pauseMs, context.signal);
    }
  }

  async get(key: string, options?: { recursive?: boolean; sorted?: boolean; quorum?: boolean }): Promise<EtcdEvent> {
    const path = this.#place(key);
    return await this.#patiently(`Get ${path}`, (client) => client.get(path, options));
  }

  peek(key: string): EtcdNode | undefined {
    return this.#client?.peek(this.#place(key));
  }

  async set(key: string, write: EtcdWrite): Promise<EtcdEvent> {
    const path = this.#place(key);
    const verb = write.prevExist === false ? 'Create' : 'Set';
    return await this.#patiently(`${verb} ${path}`, (client) => client.set(path, write));
  }

  async createInOrder(key: string, write: EtcdWrite): Promise<EtcdEvent> {
    const path = this.#place(key);
    return await this.#patiently(`Create ${path}`, (client) => client.createInOrder(path, write));
  }

  async delete(key: string, options?: { recursive?: boolean; dir?: boolean }): Promise<EtcdEvent> {
    const path = this.#place(key);
    return await this.#patiently(`Delete ${path}`, (client) => client.delete(path, options));
  }

  watch(prefix: string, listener: (event: EtcdEvent) => void): Cancel {
    return this.#client?.watch(this.#place(prefix), listener) ?? (() => undefined);
  }

  #place(key: string): string {
    return key.startsWith(FLEET_PREFIX) ? `${this.parts.prefix}${key.slice(FLEET_PREFIX.length)}` : key;
  }

  async #patiently(what: string, work: (client: EtcdClient) => Promise<EtcdEvent>): Promise<EtcdEvent> {
    const { context, endpoint } = this.parts;
    const end = context.timeline.now() + this.parts.timeoutMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const client = await this.#reach(what);
      await context.timeline.sleep(LATENCY_MS, context.signal);
      try {
        return await this.#until(end, work(client));
      } catch (error) {
        if (!(error instanceof EtcdError) || error.code !== 300) {
          throw error;
        }
      }
      context.stderr(`${UNUSABLE} ${endpoint}/ unusable\n`);
      context.stderr(`${RETRYING} {${what}}, retrying in ${duration(pauseMs)}\n`);
      await context.timeline.sleep(pauseMs, context.signal);
    }
  }

  async #until<T>(end: number, work: Promise<T>): Promise<T> {
    const { context, endpoint } = this.parts;
    return await new Promise<T>((resolve, reject) => {
      const cancel = context.timeline.after(Math.max(0, end - context.timeline.now()), () => {
        context.stderr(`${FAILED} ${endpoint}/: cancelled\n`);
        reject(new DeisctlError('timeout reached'));
      });
      work.then(resolve, reject).finally(cancel);
    });
  }
}

const duration = (ms: number): string => (ms < 1_000 ? `${ms}ms` : `${ms / 1_000}s`);
