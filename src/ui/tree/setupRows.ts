import type { ClusterSnapshot, StepSnapshot } from '../../core/model/snapshot';
import { Target } from '../target';
import { CLUSTER_ICONS, groupIcon, STEP_ICONS } from './icons';
import { Row } from './row';

const STEP_WORDS: Record<StepSnapshot['state'], string> = {
  pending: '',
  running: 'in progress',
  done: 'done',
  failed: 'failed',
};

/** The steps of the plan, while there is one that is not finished. `note`: how far the running one is. */
export function setupRow(cluster: ClusterSnapshot, note?: string): Row | undefined {
  const { steps } = cluster;
  const isOver = steps.every((step) => step.state === 'done');
  if (steps.length === 0 || (isOver && cluster.state !== 'creating' && cluster.state !== 'destroying')) {
    return undefined;
  }
  const done = steps.filter((step) => step.state === 'done').length;
  const isFailed = steps.some((step) => step.state === 'failed');
  return new Row({
    id: `${cluster.id}/setup`,
    label: cluster.state === 'destroying' ? 'Destroying' : 'Setup',
    description: `${done} of ${steps.length} steps done`,
    icon: groupIcon('checklist', isFailed ? 'failed' : undefined),
    context: 'setup',
    target: new Target(cluster.id),
    isExpanded: true,
    children: () =>
      steps.map((step) => (step === stoppedAt(cluster) ? stoppedRow(cluster, step) : stepRow(cluster, step, note))),
  });
}

/** A setup that was cancelled, or whose window was closed, has no failed step: it stopped before the first that is not done. */
function stoppedAt({ state, steps }: ClusterSnapshot): StepSnapshot | undefined {
  const isFailed = steps.some((step) => step.state === 'failed');
  return state === 'setupStopped' && !isFailed ? steps.find((step) => step.state !== 'done') : undefined;
}

function stoppedRow(cluster: ClusterSnapshot, { id, title }: StepSnapshot): Row {
  return new Row({
    id: `${cluster.id}/step/${id}`,
    label: title,
    description: 'stopped here',
    icon: CLUSTER_ICONS.setupStopped,
    context: 'step.failed',
    tooltip: `${title}\nThe setup was stopped here, before this was done. Resume Setup goes on with it.`,
    target: new Target(cluster.id),
  });
}

function stepRow(cluster: ClusterSnapshot, step: StepSnapshot, note: string | undefined): Row {
  const word = STEP_WORDS[step.state];
  const detail = step.state === 'running' ? detailOf(step, note) : step.detail;
  return new Row({
    id: `${cluster.id}/step/${step.id}`,
    label: step.title,
    description: detail,
    icon: STEP_ICONS[step.state],
    context: `step.${step.state}`,
    tooltip: [step.title, word, detail].filter(Boolean).join('\n'),
    spoken: word === '' ? 'not begun' : word,
    target: new Target(cluster.id),
    ...(step.state === 'failed' ? { command: { command: 'deis.log.show', title: 'Show Log' } } : {}),
  });
}

/** Progress is told as "title: detail"; a note about another step is out of date. */
function detailOf({ title }: StepSnapshot, note: string | undefined): string | undefined {
  const start = `${title}: `;
  return note?.startsWith(start) === true ? note.slice(start.length) : undefined;
}
