import { follow } from './abort';
import type { Filters } from './filters';
import type { Output, Route } from './output';
import { CollectedOutput, routed } from './output';

interface Plumbing {
  readonly output: Output;
  readonly signal: AbortSignal;
  start(output: Output, signal: AbortSignal): Promise<number>;
  filter(text: string, stdin: string, output: Output): Promise<number>;
}

/**
 * `journalctl -f | grep x`: lines go through the filters while the program runs, if they can one by one; `| head` ends the program
 * when it has enough. Resolves with the exit code of the last filter.
 */
export async function pipeThrough(
  { filters, out, err }: { readonly filters: string; readonly out: Route; readonly err: Route },
  plumbing: Plumbing,
): Promise<number> {
  // Written by filters.ts.
  const plan = JSON.parse(filters) as Filters;
  const lines = new LinePump(plan, plumbing);
  const toPipe: Output = { stdout: (text) => lines.push(text), stderr: (text) => plumbing.output.stderr(text) };
  await plumbing.start(routed(toPipe, out, err), lines.signal);
  return await lines.finish();
}

class LinePump {
  readonly signal: AbortSignal;
  readonly #plan: Filters;
  readonly #plumbing: Plumbing;
  readonly #brokenPipe: ReturnType<typeof follow>;
  #pending = '';
  #queue: Promise<void> = Promise.resolve();
  #isBusy = false;
  #hasMatched = false;
  #hasRun = false;

  constructor(plan: Filters, plumbing: Plumbing) {
    this.#plan = plan;
    this.#plumbing = plumbing;
    this.#brokenPipe = follow([plumbing.signal]);
    this.signal = this.#brokenPipe.signal;
  }

  push(text: string): void {
    if (this.#brokenPipe.signal.aborted) {
      return;
    }
    this.#pending += text;
    const { enough, enoughBytes, isByLine } = this.#plan;
    const hasEnough =
      (enough !== undefined && this.#pending.split('\n').length > enough) ||
      (enoughBytes !== undefined && this.#pending.length >= enoughBytes);
    if (hasEnough) {
      this.#brokenPipe.abort();
    } else if (isByLine && !this.#isBusy && this.#pending.includes('\n')) {
      this.#isBusy = true;
      this.#queue = this.#queue.then(() => this.#passOn());
    }
  }

  async finish(): Promise<number> {
    this.#brokenPipe.release();
    await this.#queue;
    if (this.#hasRun && this.#pending === '') {
      return this.#hasMatched ? 0 : 1;
    }
    const code = await this.#run(this.#pending);
    return this.#hasMatched ? 0 : code;
  }

  async #passOn(): Promise<void> {
    // What came in the meantime goes along: fewer, larger pieces when there is much.
    while (this.#pending.includes('\n')) {
      const end = this.#pending.lastIndexOf('\n') + 1;
      const piece = this.#pending.slice(0, end);
      this.#pending = this.#pending.slice(end);
      this.#hasRun = true;
      await this.#run(piece);
    }
    this.#isBusy = false;
  }

  async #run(stdin: string): Promise<number> {
    if (this.#plumbing.signal.aborted) {
      return 1;
    }
    const collected = new CollectedOutput();
    const code = await this.#plumbing.filter(this.#plan.text, stdin, collected);
    this.#plumbing.output.stdout(collected.text);
    this.#plumbing.output.stderr(collected.errors);
    this.#hasMatched ||= code === 0;
    return code;
  }
}
