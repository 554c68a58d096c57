import { ClusterError } from '../errors';
import type { Run } from '../plan/step';
import { bootstrapHostKeySecret, discoveryUrlSecret } from '../secretKeys';
import { renderCloudConfig } from './cloudConfig';

/** The same text each time, so that a droplet that is made later fits the ones that are there. */
export async function userDataOf(run: Run): Promise<string> {
  const { spec, bootstrapHostKey: publicLine } = run.journal.data;
  const privateFile = await run.secrets.get(bootstrapHostKeySecret(run.clusterId));
  const discoveryUrl =
    spec.bootstrap === 'discovery' ? await run.secrets.get(discoveryUrlSecret(run.clusterId)) : undefined;
  if (
    privateFile === undefined ||
    publicLine === undefined ||
    (spec.bootstrap === 'discovery' && discoveryUrl === undefined)
  ) {
    throw new ClusterError(
      `The bootstrap secrets of cluster ${run.clusterId} are not in this computer's secret storage. Destroy the cluster and create a new one.`,
      { code: 'secretMissing', remedy: 'destroyCluster' },
    );
  }
  return renderCloudConfig({
    ...(discoveryUrl === undefined ? {} : { discoveryUrl }),
    swapSizeMb: spec.swapSizeMb,
    release: spec.release,
    bootstrapHostKey: { privateFile, publicLine },
    installerUrl: run.settings.installerUrl,
  });
}
