import type { ClusterSpec } from '../model/cluster';
import type { Account, Droplet } from '../model/cloud';
import type { Obstacle, OperationContext } from '../operator';
import type { Provider } from '../ports';
import { checkImage } from './imageRules';
import { checkRegion, checkSize } from './placeRules';
import { checkSpec, obstacle, warning } from './specRules';
import { surveyAccount, type Answer, type Survey } from './survey';

/** What this computer knows besides. */
export interface Known {
  /** Names of the nodes of clusters in our journals, whether their droplets can be seen or not. */
  readonly existingNames?: readonly string[];
}

/** Everything that stands in the way of a create, found at once. Changes nothing in the account. */
export async function runPreflight(
  provider: Provider,
  spec: ClusterSpec,
  known: Known,
  context: OperationContext,
): Promise<Obstacle[]> {
  return findObstacles(await surveyAccount(provider, spec, context), spec, known);
}

/** Obstacles first, then warnings; each sentence once. */
export function findObstacles(survey: Survey, spec: ClusterSpec, known: Known = {}): Obstacle[] {
  const size = 'value' in survey.sizes ? survey.sizes.value.find(({ slug }) => slug === spec.sizeSlug) : undefined;
  // A region that does not exist is told once.
  const isRegion = !('value' in survey.regions) || survey.regions.value.some(({ slug }) => slug === spec.regionSlug);
  const found = [
    ...judge(survey.account, checkAccount),
    ...judge(survey.mayWrite, () => []),
    ...checkLimit(survey, spec),
    ...judge(survey.namesakes, (droplets) => checkNames(droplets, spec, known)),
    ...judge(survey.regions, (regions) => checkRegion(regions, spec, size)),
    ...judge(survey.sizes, (sizes) => checkSize(sizes, spec)),
    ...judge(survey.image, (image) =>
      checkImage(image === undefined || isRegion ? image : { ...image, regionSlugs: [] }, spec, size),
    ),
    ...judge(survey.discovery, () => []),
    ...checkSpec(spec),
  ];
  const once = found.filter(({ message }, i) => found.findIndex((other) => other.message === message) === i);
  return [...once.filter(({ isWarning }) => !isWarning), ...once.filter(({ isWarning }) => isWarning)];
}

/** An answer that could not be had is an obstacle itself: nobody can say that all is well. */
function judge<T>(answer: Answer<T>, check: (value: T) => Obstacle[]): Obstacle[] {
  return 'value' in answer ? check(answer.value) : [obstacle(answer.failure.message, answer.failure.remedy)];
}

function checkAccount(account: Account): Obstacle[] {
  const reason = account.statusMessage === '' ? '' : ` (${account.statusMessage})`;
  const found: Obstacle[] = [];
  if (account.status !== 'active') {
    found.push(
      obstacle(
        `The account ${account.email} is ${account.status === 'locked' ? 'locked' : 'under a warning'}${reason}: it can't create droplets.`,
      ),
    );
  }
  if (!account.isEmailVerified) {
    found.push(
      obstacle(`The address ${account.email} has not been verified; until then the account can't create droplets.`),
    );
  }
  return found;
}

/** The limit counts droplets of any cluster and in any state, powered off ones too. */
function checkLimit({ account, dropletCount }: Survey, { instances }: ClusterSpec): Obstacle[] {
  if (!('value' in account)) {
    return [];
  }
  const limit = account.value.dropletLimit;
  if (limit === undefined) {
    return [
      warning(`The token does not show how many droplets the account may have; ${instances} more may be too many.`),
    ];
  }
  return judge(dropletCount, (count) => {
    const free = Math.max(0, limit - count);
    return !(free < instances)
      ? []
      : [
          obstacle(
            `The account may have ${limit} droplets and has ${count}: ${free} more are possible, and ${instances} are needed. Ask DigitalOcean for a higher limit on the account page, or destroy droplets.`,
          ),
        ];
  });
}

function checkNames(droplets: readonly Droplet[], spec: ClusterSpec, { existingNames = [] }: Known): Obstacle[] {
  const wanted = Array.from({ length: spec.instances }, (_, i) => `${spec.prefix}-${i + 1}`);
  const taken = new Set([...droplets.map(({ name }) => name.toLowerCase()), ...existingNames]);
  const clashes = wanted.filter((name) => taken.has(name));
  return clashes.length === 0
    ? []
    : [
        obstacle(
          `There are droplets called ${clashes.join(', ')} already. Choose another prefix than "${spec.prefix}".`,
        ),
      ];
}
