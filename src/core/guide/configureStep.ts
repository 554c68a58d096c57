import { randomBytes } from 'node:crypto';
import { ClusterError } from '../errors';
import type { Run, Step } from '../plan/step';
import type { NodeConnection } from '../ports';
import { runCommand } from './command';
import { DEISCTL, onNodeWithDeisctl } from './deisctlStep';
import { wildcardDomain } from './names';
import { onAnyNode } from './nodes';
import { readPrivateKey } from './privateKey';

const DOMAIN_KEY = '/deis/platform/domain';
const SSH_KEY_KEY = '/deis/platform/sshPrivateKey';

/** `deisctl config platform set` of the domain and of the key by which `deis run` reaches the nodes. */
export const configureStep: Step = {
  id: 'configure',
  title: 'Configure the platform',

  async observe(run) {
    const wanted = { domain: domainOf(run), key: Buffer.from(await readPrivateKey(run)).toString('base64') };
    const [domain, key] = await onAnyNode(run, (node) =>
      Promise.all([
        run.provider.etcd.getKey(node, DOMAIN_KEY, run.signal),
        run.provider.etcd.getKey(node, SSH_KEY_KEY, run.signal),
      ]),
    );
    return domain === wanted.domain && key?.replaceAll(/\s/g, '') === wanted.key;
  },

  async apply(run) {
    const domain = domainOf(run);
    const key = await readPrivateKey(run);
    await onNodeWithDeisctl(run, async (node) => {
      await runCommand(node, [DEISCTL, 'config', 'platform', 'set', `domain=${domain}`], { signal: run.signal });
      await setPrivateKey(run, node, key);
    });
    await run.journal.change((journal) => {
      journal.domain = domain;
    });
  },

  async verify(run) {
    if (!(await this.observe(run))) {
      throw new ClusterError('The configuration of the platform is not in etcd, though deisctl took it.', {
        code: 'commandFailed',
        remedy: 'configurePlatform',
      });
    }
  },
};

export function domainOf(run: Run): string {
  const { spec, nodes, domain } = run.journal.data;
  const address = nodes[0]?.publicAddress;
  const chosen = spec.domain ?? domain ?? (address === undefined ? undefined : wildcardDomain(address));
  if (chosen === undefined) {
    throw new ClusterError('The platform needs a domain, and the first node has no address yet to make one of.', {
      code: 'invalidInput',
      remedy: 'configurePlatform',
    });
  }
  return chosen;
}

/**
 * deisctl reads the key from a file where it runs, and prints the whole of it in base64 when it has stored it (recorded:
 * deisctl/config-set-sshkey): so its output goes nowhere, and the file goes in any case.
 */
async function setPrivateKey(run: Run, node: NodeConnection, key: string): Promise<void> {
  const file = `/home/core/.deis-key-${randomBytes(6).toString('hex')}`;
  try {
    const write = ['sh', '-c', 'umask 077 && cat > "$1"', 'sh', file];
    await runCommand(node, write, { signal: run.signal, stdin: key });
    const { exitCode } = await node.exec([DEISCTL, 'config', 'platform', 'set', `sshPrivateKey=${file}`], {
      signal: run.signal,
    });
    if (exitCode !== 0) {
      throw new ClusterError(`deisctl on ${node.endpoint.name} did not store the SSH key of the platform.`, {
        code: 'commandFailed',
        remedy: 'configurePlatform',
      });
    }
  } finally {
    // Without the run's signal: a cancel must not leave a private key behind.
    await node.exec(['rm', '-f', file], { timeoutMs: 10_000 }).catch(() => {
      run.log.warn(`${run.clusterId}: could not remove the temporary key file on ${node.endpoint.name}`);
    });
  }
}
