import { isCancelled } from '../errors';
import type { Journal } from './journal';
import { withRetry } from './retry';
import type { Run, Step } from './step';

type StepRecord = Journal['steps'][number];

export interface PlanOptions {
  /** The journal's list of steps is this plan's. Otherwise (one verb of many) it is left as it is, but for what gets done. */
  readonly ownsSteps: boolean;
  /** `done` is the fraction of steps that are behind us. */
  readonly onProgress: (message: string, done: number) => void;
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
    await runStep(step, { ...run, report }, options.ownsSteps);
  }
}

async function runStep(step: Step, run: Run, isOwned: boolean): Promise<void> {
  run.log.info(`${run.clusterId}: ${step.title}`);
  if (isOwned) {
    await setState(run, step, { state: 'running' });
  }
  try {
    const context = { clock: run.provider.clock, signal: run.signal, log: run.log, what: step.title };
    await withRetry(() => attempt(step, run), context);
  } catch (error) {
    const isStopped = run.signal.aborted || isCancelled(error);
    if (isOwned) {
      const detail = error instanceof Error ? error.message : String(error);
      await setState(run, step, isStopped ? { state: 'pending' } : { state: 'failed', detail });
    }
    throw error;
  }
  await setState(run, step, { state: 'done' });
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

async function setState(run: Run, { id }: Step, to: Pick<StepRecord, 'state' | 'detail'>): Promise<void> {
  const before = run.journal.data.steps.find((step) => step.id === id);
  if (before === undefined || (before.state === to.state && before.detail === to.detail)) {
    return;
  }
  await run.journal.change((journal) => {
    journal.steps = journal.steps.map((step) => (step.id === id ? { id, title: step.title, ...to } : step));
  });
}
