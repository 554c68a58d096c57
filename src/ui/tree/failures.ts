import type { ClusterSnapshot } from '../../core/model/snapshot';
import { NODE_STATES } from '../words';
import { healthOf } from './unitHealth';

/** What the badge counts: one sentence for each thing that is not as it should be. Nothing counts while a plan is running. */
export function failuresOf(cluster: ClusterSnapshot): string[] {
  if (cluster.state === 'creating' || cluster.state === 'destroying') {
    return [];
  }
  const steps = cluster.steps
    .filter((step) => step.state === 'failed')
    .map((step) => `${cluster.name}: ${step.title} failed`);
  const nodes = cluster.nodes
    .filter((node) => node.state === 'unreachable' || node.state === 'gone' || node.state === 'off')
    .map((node) => `${node.name}: ${NODE_STATES[node.state]}`);
  const units = cluster.units
    .filter((unit) => healthOf(unit) === 'failed')
    .map((unit) => `${unit.name}${unit.node === undefined ? '' : ` on ${unit.node}`}: failed`);
  return [...steps, ...nodes, ...units];
}
