import { ClusterError } from '../errors';
import type { SshKey } from '../model/cloud';
import type { Run, Step } from '../plan/step';
import { effect } from './account';
import { sshKeyName } from './names';
import { describeKey, readPrivateKey } from './privateKey';

/** The public key in the account: droplets are given it when they are made, so it has to be there first. */
export const sshKeyStep: Step = {
  id: 'sshKey',
  title: 'Put the SSH key into the account',

  async observe(run) {
    const { fingerprint } = describeKey(await readPrivateKey(run));
    const key = await run.provider.cloud.getSshKey(fingerprint, run.signal);
    if (key === undefined) {
      return false;
    }
    await adopt(run, key);
    return true;
  },

  async apply(run) {
    const { fingerprint, publicLine } = describeKey(await readPrivateKey(run));
    // Written first: should the reply be lost, the key that is found later is known to be ours.
    await run.journal.change((journal) => {
      journal.sshKey = { fingerprint, isOurs: true };
    });
    const comment = sshKeyName(run.clusterId);
    const key = await effect(run, (signal) =>
      run.provider.cloud.createSshKey(comment, `${publicLine} ${comment}`, signal),
    );
    await adopt(run, key);
  },

  async verify(run) {
    if (!(await this.observe(run))) {
      throw new ClusterError('The SSH key is not in the account though it was accepted.', {
        code: 'badReply',
        remedy: 'resumeSetup',
      });
    }
  },
};

/** A key that was there before us is used, and never deleted. */
async function adopt(run: Run, key: SshKey): Promise<void> {
  const before = run.journal.data.sshKey;
  if (before?.id === key.id) {
    return;
  }
  await run.journal.change((journal) => {
    journal.sshKey = { id: key.id, fingerprint: key.fingerprint, isOurs: before?.isOurs ?? false };
  });
}
