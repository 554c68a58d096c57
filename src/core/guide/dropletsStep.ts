import { clusterTag } from '../model/cluster';
import { ClusterError } from '../errors';
import type { Droplet } from '../model/cloud';
import { nodeNames } from '../plan/journal';
import type { Run, Step } from '../plan/step';
import { effect } from './account';
import { adoptDroplets, deleteDoubles, findDroplets, mayStillAppear } from './droplets';
import { userDataOf } from './userData';

const POLL_MS = 2_000;

/** All droplets in one call; what is there already is adopted, and only what is missing is made. */
export const dropletsStep: Step = {
  id: 'droplets',
  title: 'Create the droplets',

  async observe(run) {
    return missing(run, await findDroplets(run)).length === 0;
  },

  async apply(run) {
    let names = missing(run, await findDroplets(run));
    // A POST whose outcome is unknown is not repeated before its effect had the time to show.
    while (names.length > 0 && mayStillAppear(run)) {
      run.report('Looking for droplets of a call whose reply was lost');
      await run.provider.clock.sleep(POLL_MS, run.signal);
      names = missing(run, await findDroplets(run));
    }
    if (names.length > 0) {
      refuseIntoFormedCluster(run, names);
      await create(run, names);
    }
  },

  async verify(run) {
    const names = missing(run, await findDroplets(run));
    if (names.length > 0) {
      throw new ClusterError(`DigitalOcean accepted the droplets, but ${names.join(', ')} did not appear.`, {
        code: 'cloudUnavailable',
        remedy: 'resumeSetup',
      });
    }
    await deleteDoubles(run);
  },
};

const missing = (run: Run, found: ReadonlyMap<string, Droplet>): string[] =>
  nodeNames(run.journal.data.spec).filter((name) => !found.has(name));

async function create(run: Run, names: readonly string[]): Promise<void> {
  const { spec, sshKey } = run.journal.data;
  if (sshKey?.id === undefined) {
    throw new ClusterError('The SSH key has no id in the account yet.', { code: 'notFound', remedy: 'resumeSetup' });
  }
  const request = {
    names,
    regionSlug: spec.regionSlug,
    sizeSlug: spec.sizeSlug,
    image: spec.image,
    sshKeyIds: [sshKey.id],
    tags: [clusterTag(run.clusterId)],
    userData: await userDataOf(run),
  };
  await run.journal.change((journal) => {
    journal.dropletsRequestedAt = run.provider.clock.now();
  });
  let created: Droplet[];
  try {
    created = await effect(run, (signal) => run.provider.cloud.createDroplets(request, signal));
  } catch (error) {
    // Refused is refused: there is nothing to wait for. A cancel or a lost reply leaves the note in the journal.
    if (
      ClusterError.is(
        error,
        'cloudRefused',
        'tokenForbidden',
        'tokenRejected',
        'tokenMissing',
        'wrongAccount',
        'rateLimited',
      )
    ) {
      await forgetRequest(run);
    }
    throw error;
  }
  // By name: the order of the reply is not promised to be that of the request.
  await adoptDroplets(run, new Map(created.map((droplet) => [droplet.name, droplet])));
  await forgetRequest(run);
}

const forgetRequest = (run: Run): Promise<void> =>
  run.journal.change((journal) => {
    delete journal.dropletsRequestedAt;
  });

/** A new droplet with the old discovery URL becomes a proxy, which adds nothing: the URL has its members. */
function refuseIntoFormedCluster(run: Run, names: readonly string[]): void {
  if (run.journal.data.isFormed === true) {
    throw new ClusterError(
      `${names.join(', ')} no longer exist${names.length === 1 ? 's' : ''}, and etcd has formed already: a new droplet of the ` +
        'same name would not become a member. Destroy the cluster and create a new one.',
      { code: 'notFound', remedy: 'destroyCluster' },
    );
  }
}
