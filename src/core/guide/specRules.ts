import type { ClusterSpec } from '../model/cluster';
import { failureTolerance, quorumSize } from '../model/quorum';
import type { Obstacle } from '../operator';
import { domainProblem } from './domain';

export const FEWEST_INSTANCES = 3;
export const MOST_INSTANCES = 9;
export const GUIDE_INSTANCES = 5;

export const obstacle = (message: string, remedy?: Obstacle['remedy']): Obstacle => ({
  message,
  isWarning: false,
  ...(remedy === undefined ? {} : { remedy }),
});
export const warning = (message: string, remedy?: Obstacle['remedy']): Obstacle => ({
  ...obstacle(message, remedy),
  isWarning: true,
});

/** What is wrong with the wishes alone, before anybody is asked. */
export const checkSpec = (spec: ClusterSpec): Obstacle[] => [
  ...checkPrefix(spec),
  ...checkInstances(spec.instances),
  ...checkRouters(spec),
  ...checkSwap(spec),
  ...checkRelease(spec),
  ...checkDomain(spec),
];

/** Droplet names become host names; `-N` is put behind the prefix (digitalocean openapi, droplet_create: names). */
function checkPrefix({ prefix }: ClusterSpec): Obstacle[] {
  const isName = /^[a-z0-9-]{1,50}$/.test(prefix) && !prefix.startsWith('-') && !prefix.endsWith('-');
  return isName
    ? []
    : [
        obstacle(
          `"${prefix.slice(0, 60)}" can't begin a droplet's name: small letters, digits and dashes, at most 50.`,
        ),
      ];
}

function checkInstances(instances: number): Obstacle[] {
  if (!Number.isInteger(instances) || instances < FEWEST_INSTANCES || instances > MOST_INSTANCES) {
    return [obstacle(`A cluster has ${FEWEST_INSTANCES} to ${MOST_INSTANCES} nodes, not ${instances}.`)];
  }
  const tolerance = failureTolerance(instances);
  const arithmetic = `${instances} etcd members need ${quorumSize(instances)} for a majority, so ${tolerance} may fail`;
  if (instances % 2 === 0) {
    return [
      warning(`${arithmetic}: no more than with ${instances - 1}. An even number costs a droplet and gains nothing.`),
    ];
  }
  if (instances < GUIDE_INSTANCES) {
    return [
      warning(
        `${arithmetic}. With ${GUIDE_INSTANCES}, two may: the guide saw "strange failures" with three when one was lost.`,
      ),
    ];
  }
  return [];
}

function checkRouters({ routerMeshSize, instances, installPlatform }: ClusterSpec): Obstacle[] {
  if (!installPlatform) {
    return [];
  }
  if (!Number.isInteger(routerMeshSize) || routerMeshSize < 1) {
    return [obstacle(`The router mesh needs at least one router, not ${routerMeshSize}.`)];
  }
  return routerMeshSize > instances
    ? [
        obstacle(
          `${routerMeshSize} routers don't fit on ${instances} nodes: each node takes one, and deisctl would wait for the others for ever.`,
        ),
      ]
    : [];
}

/** Less would help nobody. */
const LEAST_SWAP_MB = 64;
const MOST_SWAP_MB = 1024 * 1024;
export const isSwapSize = (mb: number): boolean =>
  mb === 0 || (Number.isInteger(mb) && mb >= LEAST_SWAP_MB && mb <= MOST_SWAP_MB);

function checkSwap({ swapSizeMb }: ClusterSpec): Obstacle[] {
  return isSwapSize(swapSizeMb)
    ? []
    : [
        obstacle(
          `The swap size has to be a whole number of MB from ${LEAST_SWAP_MB}, or 0 for none, not ${swapSizeMb}.`,
        ),
      ];
}

function checkRelease({ release }: ClusterSpec): Obstacle[] {
  return /^1\.13\.\d+$/.test(release)
    ? []
    : [obstacle(`"${release}" is no release of Deis 1.13, which alone this guide is for. Use 1.13.4, the last one.`)];
}

function checkDomain({ domain }: ClusterSpec): Obstacle[] {
  const problem = domain === undefined ? undefined : domainProblem(domain);
  return problem === undefined ? [] : [obstacle(problem)];
}
