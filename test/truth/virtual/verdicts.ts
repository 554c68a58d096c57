import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';

/** Which folder's time lines, and on what a cluster. */
export interface Wanted {
  readonly folder: string;
  readonly seed: string;
  readonly prefix: string;
}

const Said = v.object({
  stdout: v.string(),
  stderr: v.string(),
  exit: v.union([v.number(), v.literal('running'), v.undefined()]),
});
const Verdict = v.object({ file: v.string(), difference: v.optional(v.string()), ours: v.optional(Said) });
/** As they come from the thread that replays. */
const Verdicts = v.array(Verdict);

export type VirtualVerdict = v.InferOutput<typeof Verdict>;

/** Replays in a thread of its own: it computes all the time, and here commands over SSH are timed. */
export async function replayInThread(program: URL, wanted: Wanted): Promise<readonly VirtualVerdict[]> {
  const worker = new Worker(program, { workerData: wanted });
  try {
    const messages: unknown = await once(worker, 'message');
    return v.parse(v.tuple([Verdicts]), messages)[0];
  } finally {
    await worker.terminate();
  }
}
