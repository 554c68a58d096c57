import { ClusterError, isCancelled } from '../errors';
import type { Journal } from './journal';
import { withRetry } from './retry';
import type { Run, Step } from './step';

type StepRecord = Journal['steps'][number];

export interface PlanOptions {
  /** The journal's list of steps is this plan's. Otherwise (one verb of many) it is left as it is, but for what gets done. */
  readonly ownsSteps: boolean;
  /** `done` is the fraction of steps that are behind us. */
  readonly onProgress: (message: string, done: number) => void;
  /** Asked when a step has failed; rejects with wrongAccount when that is the reason behind it. */
  readonly explain?: (run: Run) => Promise<void>;
}

/**
 * Runs the steps in order. To resume is to run the same plan again: a step that holds is passed over. The journal says which
 * step runs before the step has any effect.
 */
export async function runPlan(steps: readonly Step[], run: Run, options: PlanOptions): Promise<void> {
  if (options.ownsSteps) {
    await run.journal.change((journal) => {
      journal.steps = steps.map(({ id, title }) => {
        const before = journal.steps.find((step) => step.id === id);
        return { id, title, state: before?.state === 'done' ? 'done' : 'pending' };
      });
    });
  }
  let previous: Step | undefined;
  for (const [index, step] of steps.entries()) {
    run.signal.throwIfAborted();
    const done = index / steps.length;
    options.onProgress(step.title, done);
    let last = '';
    const report = (detail: string): void => {
      if (detail !== last) {
        last = detail;
        run.report(detail);
        options.onProgress(`${step.title}: ${detail}`, done);
      }
    };
    // One write for both: what is behind us, and what begins.
    await setStates(run, { done: previous, running: options.ownsSteps ? step : undefined });
    await runStep(step, { ...run, report }, options);
    previous = step;
  }
  await setStates(run, { done: previous });
}

async function runStep(step: Step, run: Run, { ownsSteps, explain }: PlanOptions): Promise<void> {
  run.log.info(`${run.clusterId}: ${step.title}`);
  try {
    await withRetry(() => attempt(step, run), {
      ...{ clock: run.provider.clock, signal: run.signal, log: run.log, what: step.title },
      onPause: (reason) => run.report(`trying again: ${reason}`),
    });
  } catch (reason) {
    const error = await explained(run, reason, explain);
    if (ownsSteps) {
      const isStopped = run.signal.aborted || isCancelled(error);
      const detail = error instanceof Error ? error.message : String(error);
      await setStates(run, isStopped ? { pending: step } : { failed: step, detail });
    }
    throw error;
  }
}

/** Never hides a failure: where nothing better is found, it is given back. */
async function explained(run: Run, error: unknown, explain: PlanOptions['explain']): Promise<unknown> {
  if (run.signal.aborted || isCancelled(error) || !ClusterError.is(error) || explain === undefined) {
    return error;
  }
  return await explain(run).then(
    () => error,
    (better: unknown) => (ClusterError.is(better, 'wrongAccount') ? better : error),
  );
}

async function attempt(step: Step, run: Run): Promise<void> {
  if (await step.observe(run)) {
    run.log.debug(`${run.clusterId}: ${step.title}: holds already`);
    return;
  }
  run.signal.throwIfAborted();
  await step.apply(run);
  await step.verify(run);
}

type Change = Partial<Record<StepRecord['state'], Step | undefined>> & { readonly detail?: string };

/** Steps that are not in the journal's list stay out of it; nothing is written when nothing changes. */
async function setStates(run: Run, change: Change): Promise<void> {
  const next = run.journal.data.steps.map((record): StepRecord => {
    const state = STATES.find((candidate) => change[candidate]?.id === record.id);
    return state === undefined
      ? record
      : {
          id: record.id,
          title: record.title,
          state,
          ...(state === 'failed' && change.detail !== undefined ? { detail: change.detail } : {}),
        };
  });
  if (next.some((record, i) => record.state !== run.journal.data.steps[i]?.state)) {
    await run.journal.change((journal) => {
      journal.steps = next;
    });
  }
}

const STATES = ['pending', 'running', 'done', 'failed'] as const;
