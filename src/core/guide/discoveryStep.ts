import { ClusterError } from '../errors';
import type { Step } from '../plan/step';
import { discoveryUrlSecret } from '../secretKeys';

/**
 * The guide's `/new?size=5`, before any droplet exists. A URL serves one cluster, once: it is made anew only as long as no
 * droplet has it in its user data.
 */
export const discoveryStep: Step = {
  id: 'discovery',
  title: 'Get a discovery URL',

  async observe(run) {
    return (await run.secrets.get(discoveryUrlSecret(run.clusterId))) !== undefined;
  },

  async apply(run) {
    const url = await run.provider.discovery.create(run.journal.data.spec.instances, run.signal);
    // Read back before it is kept: a URL of size 3 gives three members, and two proxies that count for nothing.
    const size = await run.provider.discovery.readSize(url, run.signal);
    const wanted = run.journal.data.spec.instances;
    if (size !== wanted) {
      throw new ClusterError(
        `The discovery service made a URL for ${size} members instead of ${wanted}. Resume to try again, or create the cluster with static members.`,
        { code: 'discoveryFailed', remedy: 'resumeSetup' },
      );
    }
    await run.secrets.store(discoveryUrlSecret(run.clusterId), url);
  },

  async verify(run) {
    if (!(await this.observe(run))) {
      throw new ClusterError("The discovery URL could not be kept in this computer's secret storage.", {
        code: 'secretMissing',
        remedy: 'resumeSetup',
      });
    }
  },
};
