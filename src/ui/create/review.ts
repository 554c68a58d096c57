import * as vscode from 'vscode';
import type { ClusterSpec } from '../../core/model/cluster';
import type { Obstacle, Operator, PlanPreview } from '../../core/operator';
import { REMEDIES, runRemedy } from '../notify';
import { showDocument } from '../planDocument';
import { withProgress } from '../progress';
import { count, hourly, monthly } from '../words';

/** Preflight, plan and confirmation. Undefined: something stands in the way, or the user thought better of it. */
export async function review(operator: Operator, spec: ClusterSpec): Promise<ClusterSpec | undefined> {
  const preview = await withProgress('Looking for obstacles', (context) => operator.preview(spec, context));
  const blocking = preview.obstacles.filter((obstacle) => !obstacle.isWarning);
  if (blocking.length > 0) {
    await showObstacles(spec, blocking, preview);
    return undefined;
  }
  await showDocument(`Plan of ${spec.prefix}`, preview.markdown);
  const answer = await confirm(spec, preview);
  return answer === undefined ? undefined : { ...spec, openPorts: answer === 'open' };
}

/** Everything at once: nobody likes to be told of the second obstacle after the first is out of the way. */
async function showObstacles(spec: ClusterSpec, obstacles: readonly Obstacle[], preview: PlanPreview): Promise<void> {
  const title = `${count(obstacles.length, 'thing stands', 'things stand')} in the way of ${spec.prefix}`;
  const detail = obstacles.map((obstacle) => `•  ${obstacle.message}`).join('\n\n');
  const remedies = [...new Set(obstacles.flatMap(({ remedy }) => remedy ?? []))].filter((each) => each !== 'showLog');
  const plan = 'Show Plan';
  const titles = remedies.map((remedy) => REMEDIES[remedy].title);
  const chosen = await vscode.window.showWarningMessage(title, { modal: true, detail }, ...titles, plan);
  const remedy = remedies.find((each) => REMEDIES[each].title === chosen);
  if (remedy !== undefined) {
    await runRemedy(remedy);
  } else if (chosen === plan) {
    await showDocument(`Plan of ${spec.prefix}`, preview.markdown);
  }
}

type Answer = 'open' | 'closed';

/** The question stays while the plan behind it is read and scrolled. */
async function confirm(spec: ClusterSpec, preview: PlanPreview): Promise<Answer | undefined> {
  const money = `${hourly(preview.hourly)}, ${monthly(preview.monthly)}${spec.provider === 'practice' ? ' of practice money' : ''}`;
  const create = `Create ${count(spec.instances, 'droplet')} for ${money}`;
  const warnings = preview.obstacles.length;
  const items: (vscode.QuickPickItem & { answer?: Answer })[] = spec.installPlatform
    ? [
        {
          label: `$(check) ${create}`,
          detail:
            'Opens ports 80, 443 and 2222 at the end. Whoever registers first becomes the administrator: do it at once.',
          answer: 'open',
        },
        {
          label: `$(lock) ${create}, and keep it closed`,
          detail: 'Only SSH can be reached from outside. Apps can not.',
          answer: 'closed',
        },
      ]
    : [{ label: `$(check) ${create}`, answer: 'closed' }];
  items.push({ label: '$(close) Cancel', detail: 'Nothing has been created yet.' });
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Create ${spec.prefix}?`,
    placeHolder:
      warnings === 0
        ? 'The plan is in the editor below.'
        : `The plan in the editor below has ${count(warnings, 'warning')}.`,
    ignoreFocusOut: true,
  });
  return chosen?.answer;
}
