import * as vscode from 'vscode';
import { formatPrice } from '../../core/model/cost';
import type { ClusterSpec } from '../../core/model/cluster';
import type { Obstacle, Operator, PlanPreview } from '../../core/operator';
import { REMEDIES, runRemedy } from '../notify';
import { askAbout, showDocument } from '../planDocument';
import { withProgress } from '../progress';
import { count } from '../words';

/** Preflight, plan and confirmation. Undefined: something stands in the way, or the user thought better of it. */
export async function review(operator: Operator, spec: ClusterSpec): Promise<ClusterSpec | undefined> {
  const preview = await withProgress('Looking for obstacles', (context) => operator.preview(spec, context));
  const blocking = preview.obstacles.filter((obstacle) => !obstacle.isWarning);
  if (blocking.length > 0) {
    await showObstacles(spec, blocking, preview);
    return undefined;
  }
  const answer = await askAbout(`Plan of ${spec.prefix}`, preview.markdown, () => confirm(spec, preview));
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

type Item = vscode.QuickPickItem & { readonly answer?: Answer };

/** The question stays while the plan below it is read and scrolled. */
async function confirm(spec: ClusterSpec, preview: PlanPreview): Promise<Answer | undefined> {
  const money = `${formatPrice(preview)}${spec.provider === 'practice' ? ' in practice money' : ''}`;
  const warnings = preview.obstacles.length;
  const items = [...createItems(spec), { label: '$(close) Cancel', description: 'nothing has been created yet' }];
  const chosen = await vscode.window.showQuickPick<Item>(items, {
    title: `Create ${count(spec.instances, 'droplet')} for ${money}?`,
    placeHolder: `The plan is in the editor below${warnings === 0 ? '' : `, with ${count(warnings, 'warning')}`}.`,
    ignoreFocusOut: true,
  });
  return chosen?.answer;
}

/** Whoever registers first becomes the administrator of the platform: so opening it to the world is a choice. */
function createItems({ installPlatform }: ClusterSpec): Item[] {
  if (!installPlatform) {
    return [{ label: '$(check) Create Cluster', answer: 'closed' }];
  }
  return [
    {
      label: '$(check) Create Cluster',
      description: 'and open ports 80, 443 and 2222 to everybody at the end',
      answer: 'open',
    },
    { label: '$(lock) Create Cluster, Keep It Closed', description: 'only SSH answers from outside', answer: 'closed' },
  ];
}
