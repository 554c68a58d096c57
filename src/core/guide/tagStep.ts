import { clusterTag } from '../model/cluster';
import { ClusterError } from '../errors';
import type { Step } from '../plan/step';
import { effect } from './account';

/** The tag comes before the firewall, which refers to it, and before the droplets, which are found by it. */
export const tagStep: Step = {
  id: 'tag',
  title: 'Create the tag',

  observe: (run) => run.provider.cloud.hasTag(clusterTag(run.clusterId), run.signal),

  apply: (run) => effect(run, (signal) => run.provider.cloud.createTag(clusterTag(run.clusterId), signal)),

  async verify(run) {
    if (!(await this.observe(run))) {
      throw new ClusterError(`The tag ${clusterTag(run.clusterId)} is not there though it was accepted.`, {
        code: 'badReply',
        remedy: 'resumeSetup',
      });
    }
  },
};
