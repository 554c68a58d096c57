import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import * as v from 'valibot';
import { ClusterError } from '../../core/errors';
import { acquireLock } from '../../core/plan/lock';
import type { Disposable, SecretStore } from '../../core/ports';
import { tokenSecret } from '../../core/secretKeys';
import { nodeCode } from '../net/dialer';
import { getJson, open, type PracticeAddress } from './get';
import { launch } from './launch';
import { findProcess } from './processFile';

/** Real milliseconds in which the practice process must be up; it loads a shell language and its state. */
const START_MS = 30_000;
/** Real milliseconds to wait for another window that is just starting it, or for one process that is just ending. */
const LOOK_AGAIN_MS = 50;

const Info = v.object({
  speed: v.union([v.literal('max'), v.pipe(v.number(), v.gtValue(0))]),
  now: v.number(),
  discovery: v.string(),
  /** Something that the user should know, such as a state that could not be read. */
  notice: v.optional(v.string()),
});
export type PracticeInfo = v.InferOutput<typeof Info>;

export interface OpenPractice extends PracticeAddress {
  readonly info: PracticeInfo;
}

export interface PracticeDeps {
  readonly main: string;
  readonly stateFolder: string;
  readonly secrets: SecretStore;
  settings(): { readonly speed: number | 'max'; readonly catalogue: string };
  /** The process was found or started: what it announces, such as its speed. */
  onOpen(info: PracticeInfo): void;
}

interface Attached extends OpenPractice, Disposable {
  readonly isOpen: boolean;
}

/**
 * The practice process, shared by all windows and kept alive by those attached to it. Each call that needs it calls `open`
 * first: one that died is started again then, and goes on from its state.
 */
export class PracticeCloud implements Disposable {
  readonly #deps: PracticeDeps;
  readonly #stop = new AbortController();
  #attached: Attached | undefined;
  #opening: Promise<Attached> | undefined;

  constructor(deps: PracticeDeps) {
    this.#deps = deps;
  }

  /** @throws ClusterError practiceUnavailable */
  async open(): Promise<OpenPractice> {
    if (this.#attached?.isOpen === true) {
      return this.#attached;
    }
    this.#opening ??= this.#attach().finally(() => (this.#opening = undefined));
    return await this.#opening;
  }

  dispose(): void {
    this.#stop.abort();
    this.#attached?.dispose();
  }

  async #attach(): Promise<Attached> {
    const { stateFolder } = this.#deps;
    await mkdir(stateFolder, { recursive: true, mode: 0o700 });
    const token = await this.#token();
    const limit = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(START_MS)]);
    try {
      this.#attached = await this.#findOrStart(token, limit);
    } catch (error) {
      if (ClusterError.is(error) || this.#stop.signal.aborted) {
        throw error;
      }
      const message = `The practice cloud did not come up in time. Its messages are in ${path.join(stateFolder, 'stderr.log')}.`;
      throw new ClusterError(message, { code: 'practiceUnavailable', cause: error });
    }
    this.#deps.onOpen(this.#attached.info);
    return this.#attached;
  }

  async #findOrStart(token: string, limit: AbortSignal): Promise<Attached> {
    for (;;) {
      limit.throwIfAborted();
      const attached = (await this.#find(token, limit)) ?? (await this.#start(token, limit));
      if (attached !== undefined) {
        return attached;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  async #find(token: string, limit: AbortSignal): Promise<Attached | undefined> {
    const facts = await findProcess(this.#deps.stateFolder);
    return facts && (await attach({ api: facts.api, token }, limit));
  }

  /** Undefined when another window holds the lock, that is, starts it right now. */
  async #start(token: string, limit: AbortSignal): Promise<Attached | undefined> {
    const lock = await this.#lock();
    if (lock === undefined) {
      return undefined;
    }
    try {
      const { main, stateFolder } = this.#deps;
      const settings = this.#deps.settings();
      // It may have come up between our look and our lock.
      return (
        (await this.#find(token, limit)) ??
        (await attach({ token, ...(await launch({ main, stateFolder, token, ...settings }, limit)) }, limit))
      );
    } finally {
      await lock.release();
    }
  }

  async #lock(): Promise<Awaited<ReturnType<typeof acquireLock>> | undefined> {
    try {
      return await acquireLock(path.join(this.#deps.stateFolder, 'start.lock'), 'practice', 'working');
    } catch (error) {
      if (ClusterError.is(error, 'locked')) {
        return undefined;
      }
      throw error;
    }
  }

  async #token(): Promise<string> {
    const key = tokenSecret('practice');
    const known = await this.#deps.secrets.get(key);
    if (known !== undefined) {
      return known;
    }
    await this.#deps.secrets.store(key, randomBytes(32).toString('hex'));
    // Read back: another window may have made one at the same moment, and the later one counts.
    return (await this.#deps.secrets.get(key)) ?? '';
  }
}

/** Holds the stream that keeps the process alive. Undefined when nobody answers there: it is just starting or ending. */
async function attach(address: PracticeAddress, limit: AbortSignal): Promise<Attached | undefined> {
  const detach = new AbortController();
  const onLimit = (): void => detach.abort(limit.reason);
  limit.addEventListener('abort', onLimit, { once: true });
  try {
    const stream = await open(address, { path: '/practice/attach' }, detach.signal);
    if (stream.statusCode !== 200) {
      throw refused(stream.statusCode ?? 0);
    }
    const info = v.parse(Info, await getJson(address, '/practice/info', detach.signal));
    return hold(stream, { ...address, info, dispose: () => detach.abort() });
  } catch (error) {
    detach.abort();
    if (['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(nodeCode(error))) {
      return undefined;
    }
    throw error;
  } finally {
    limit.removeEventListener('abort', onLimit);
  }
}

function hold(stream: IncomingMessage, facts: OpenPractice & Disposable): Attached {
  let isOpen = true;
  stream.on('close', () => (isOpen = false));
  stream.resume();
  return {
    ...facts,
    get isOpen() {
      return isOpen;
    },
  };
}

function refused(status: number): ClusterError {
  const message =
    status === 401 || status === 403
      ? 'The practice cloud of this computer is in use by another VS Code, which has another token for it. Close that one first.'
      : `The practice cloud does not let us attach (status ${status}).`;
  return new ClusterError(message, { code: 'practiceUnavailable' });
}
