import { createDeisctlReader, type DeisctlEvent } from '../parse/deisctl';
import type { Run } from '../plan/step';
import type { Disposable } from '../ports';
import { withNode } from './nodes';

/**
 * Follows what a job of ours prints on its node, from any window. It is news and nothing more: losing it is no failure, and
 * whether the work is done is read off fleet. What the job says last only ends a pause early.
 */
export class JobFollower implements Disposable {
  readonly #run: Run;
  readonly #unit: string;
  #following: AbortController | undefined;
  #pause: AbortController | undefined;

  constructor(run: Run, unit: string) {
    this.#run = run;
    this.#unit = unit;
  }

  /** Begins to follow the job where the journal says that it is; again after it was started anew. */
  follow(isNew = false): void {
    if (this.#following === undefined || isNew) {
      this.#following?.abort();
      this.#following = new AbortController();
      void this.#read(this.#following.signal);
    }
  }

  async #read(following: AbortSignal): Promise<void> {
    const { job } = this.#run.journal.data;
    if (job?.unit !== this.#unit) {
      return;
    }
    const reader = createDeisctlReader();
    // Nothing of earlier jobs of that name, whose "Done." would be taken for this one's.
    const command = ['journalctl', '-u', `${this.#unit}.service`, '-o', 'cat', '-n', '0', '-f'];
    const onStdout = (text: string): void => reader.push(text).forEach((event) => this.#tell(event));
    const signal = AbortSignal.any([this.#run.signal, following]);
    try {
      await withNode(this.#run, job.node, (node) => node.exec(command, { signal, timeoutMs: Infinity, onStdout }));
    } catch (error) {
      this.#run.log.debug(`${this.#unit} is no longer followed: ${String(error)}`);
    }
  }

  #tell(event: DeisctlEvent): void {
    if (event.kind === 'problem') {
      this.#run.log.warn(`deisctl: ${event.text}`);
    } else if (event.kind === 'done') {
      this.#pause?.abort();
    }
  }

  /** Provider milliseconds, fewer when the job is done. */
  async pause(ms: number): Promise<void> {
    const { provider, signal } = this.#run;
    const pause = new AbortController();
    const stop = (): void => pause.abort();
    signal.addEventListener('abort', stop, { once: true });
    this.#pause = pause;
    try {
      await provider.clock.sleep(ms, pause.signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!pause.signal.aborted) {
        throw error;
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  dispose(): void {
    this.#following?.abort();
  }
}
