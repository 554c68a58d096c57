import { clusterTag } from '../model/cluster';
import { ClusterError } from '../errors';
import type { Step } from '../plan/step';
import { effect } from './account';
import { createFirewall, findFirewall, firewallSpec, opensPorts, PUBLIC_PORTS } from './firewall';

export const firewallStep: Step = {
  id: 'firewall',
  title: 'Create the cloud firewall',

  async observe(run) {
    const firewall = await findFirewall(run);
    return firewall?.tags.includes(clusterTag(run.clusterId)) === true && opensPorts(firewall, [22]);
  },

  async apply(run) {
    const found = await findFirewall(run);
    if (found === undefined) {
      await createFirewall(run);
    } else {
      // Ours by its name, but not as we left it: made whole again.
      const spec = firewallSpec(run.clusterId, opensPorts(found, PUBLIC_PORTS));
      await effect(run, (signal) => run.provider.cloud.updateFirewall(found.id, spec, signal));
    }
  },

  async verify(run) {
    if (!(await this.observe(run))) {
      throw new ClusterError('The cloud firewall does not have the rules that were asked for.', {
        code: 'badReply',
        remedy: 'resumeSetup',
      });
    }
  },
};

/** Last of all: who comes first through port 80 becomes the administrator of the platform. */
export const openPortsStep: Step = {
  id: 'openPorts',
  title: 'Open ports 80, 443 and 2222',

  async observe(run) {
    const firewall = await findFirewall(run);
    return firewall !== undefined && opensPorts(firewall, PUBLIC_PORTS);
  },

  async apply(run) {
    const firewall = await findFirewall(run);
    if (firewall === undefined) {
      throw new ClusterError('The cloud firewall of the cluster is gone. Resume the setup to make it again.', {
        code: 'notFound',
        remedy: 'resumeSetup',
      });
    }
    const spec = firewallSpec(run.clusterId, true);
    await effect(run, (signal) => run.provider.cloud.updateFirewall(firewall.id, spec, signal));
  },

  async verify(run) {
    if (!(await this.observe(run))) {
      throw new ClusterError('The cloud firewall did not take the rules for 80, 443 and 2222.', {
        code: 'badReply',
        remedy: 'resumeSetup',
      });
    }
  },
};
