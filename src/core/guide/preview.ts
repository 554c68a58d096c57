import type { ClusterSpec } from '../model/cluster';
import { priceOf } from '../model/cost';
import type { OperationContext, PlanPreview } from '../operator';
import type { Provider } from '../ports';
import { renderPlanDocument } from './planDocument';
import { findObstacles, type Known } from './preflight';
import { surveyAccount } from './survey';

/** Preflight and plan document from one look at the account. */
export async function previewPlan(
  provider: Provider,
  spec: ClusterSpec,
  known: Known & { readonly steps?: readonly string[] },
  context: OperationContext,
): Promise<PlanPreview> {
  const survey = await surveyAccount(provider, spec, context);
  const obstacles = findObstacles(survey, spec, known);
  const size = 'value' in survey.sizes ? survey.sizes.value.find(({ slug }) => slug === spec.sizeSlug) : undefined;
  const { hourly, monthly } = size === undefined ? { hourly: 0, monthly: 0 } : priceOf(size, spec.instances);
  const markdown = renderPlanDocument({
    spec,
    obstacles,
    ...('value' in survey.account ? { account: survey.account.value } : {}),
    ...(size === undefined ? {} : { size }),
    ...(known.steps === undefined ? {} : { steps: known.steps }),
  });
  return { obstacles, markdown, hourly, monthly };
}
