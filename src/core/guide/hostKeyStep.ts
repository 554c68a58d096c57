import { ClusterError, type Remedy } from '../errors';
import { splitLines } from '../parse/lines';
import { waitUntil } from '../plan/poll';
import type { Run, Step } from '../plan/step';
import type { NodeConnection } from '../ports';
import { OWN_HOST_KEYS_MARKER } from './cloudConfigUnits';
import { runCommand } from './command';
import { nodeNamed, onAllNodes, withNode } from './nodes';

/** A droplet boots, gets its user data and starts sshd: a minute as a rule; on a busy day several. */
const TIMEOUT_MS = 10 * 60_000;

/**
 * First login. The host key that may answer is the one of the user data; through that verified connection the node makes
 * keys of its own, which no user data ever held, and those are pinned. Safe to cut at any point: until the marker is
 * written both keys are trusted, afterwards only the node's own.
 */
export const hostKeyStep: Step = {
  id: 'ssh',
  title: 'Log in to the nodes',

  // Known keys of all nodes are proof of an earlier login; each later connection verifies them.
  observe: (run) => Promise.resolve(run.journal.data.nodes.every((node) => hasOwnKeys(run, node.name))),

  async apply(run) {
    let done = 0;
    const names = run.journal.data.nodes.map(({ name }) => name);
    run.report(`0 of ${names.length} answer`);
    // Each at its own pace; the slowest one decides. After the first failure the others still come to their own end.
    const results = await Promise.allSettled(
      names.map(async (name) => {
        await waitUntil(() => settle(run, name), {
          clock: run.provider.clock,
          signal: run.signal,
          timeoutMs: TIMEOUT_MS,
          onTimeout: (error) => describeSilence(name, error),
        });
        done += 1;
        run.report(`${done} of ${names.length} answer`);
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      throw failed.reason;
    }
  },

  async verify(run) {
    // A new connection to each: its own key has to answer from now on.
    for (const { name } of run.journal.data.nodes) {
      run.provider.nodes.forget(run.clusterId, name);
    }
    await onAllNodes(run, (node) => runCommand(node, ['true'], { signal: run.signal }));
  },
};

const hasOwnKeys = (run: Run, name: string): boolean => {
  const { hostKeys } = nodeNamed(run, name);
  return hostKeys.length > 0 && !hostKeys.includes(run.journal.data.bootstrapHostKey ?? '');
};

/** What a node refused as, behind `settle`'s wish to look again. */
const refusal = (error: unknown): unknown =>
  ClusterError.is(error, 'sshUnreachable') && ClusterError.is(error.cause, 'hostKeyChanged', 'sshAuthFailed')
    ? error.cause
    : error;

function describeSilence(name: string, error: unknown): { message: string; remedy?: Remedy } {
  const reason = refusal(error);
  if (ClusterError.is(reason, 'hostKeyChanged')) {
    return {
      message:
        `${name} still shows another host key than the one it was given, so nothing was sent to it. Either its user data was ` +
        'not applied, or somebody answers in its place. Destroy the cluster and create a new one.',
      remedy: 'destroyCluster',
    };
  }
  return {
    message: `${name} does not let us in on SSH within ten minutes${error instanceof Error ? `: ${error.message}` : '.'} Resume the setup to wait on.`,
  };
}

/** Undefined: not yet. */
async function settle(run: Run, name: string): Promise<true | undefined> {
  if (hasOwnKeys(run, name)) {
    return true;
  }
  try {
    await withNode(run, name, (node) => makeOwnKeys(run, name, node));
    return true;
  } catch (error) {
    // Until cloud-config has run, sshd shows the keys of the image and knows no key of ours. We do not go on with such a
    // node; we look again.
    if (ClusterError.is(error, 'hostKeyChanged', 'sshAuthFailed')) {
      throw new ClusterError(error.message, { code: 'sshUnreachable', cause: error });
    }
    throw error;
  }
}

const HOST_KEY = '/etc/ssh/ssh_host_ed25519_key';

/** Prints the node's own key, or a fresh one that waits beside the one in use. Arguments: marker, key file, comment. */
const PREPARE = `if test -e "$1"; then cat "$2.pub"; else
  sudo rm -f "$2.new" "$2.new.pub" && sudo ssh-keygen -q -t ed25519 -N "" -C "$3" -f "$2.new" && cat "$2.new.pub"
fi`;
/** Puts the fresh key in use, and says so to the unit that would put ours back at the next boot. */
const COMMIT = `test -e "$1" || {
  sudo mv "$2.new" "$2" && sudo mv "$2.new.pub" "$2.pub" && sudo touch "$1"
}`;

/** In two commands, since each costs a login shell; what has to be known before the switch is written in between. */
async function makeOwnKeys(run: Run, name: string, node: NodeConnection): Promise<void> {
  const { signal } = run;
  const script = (text: string): string[] => ['sh', '-c', text, 'sh', OWN_HOST_KEYS_MARKER, HOST_KEY, name];
  const lines = publicLines(await runCommand(node, script(PREPARE), { signal }));
  // Both, until the switch is done: whichever answers after a crash in between, we know it.
  await pin(run, name, [...lines, run.journal.data.bootstrapHostKey ?? '']);
  await runCommand(node, script(COMMIT), { signal });
  await pin(run, name, lines);
}

/** Type and key, without the comment. */
function publicLines(text: string): string[] {
  const lines = splitLines(text).map((line) => line.split(/\s+/).slice(0, 2).join(' '));
  if (lines.length === 0 || !lines.every((line) => /^(?:ssh-|ecdsa-)[\w-]+ [A-Za-z0-9+/]+=*$/.test(line))) {
    throw new ClusterError('A node gave something else than its public host key.', {
      code: 'badReply',
      remedy: 'resumeSetup',
    });
  }
  return lines;
}

async function pin(run: Run, name: string, hostKeys: readonly string[]): Promise<void> {
  await run.journal.change((journal) => {
    journal.nodes = journal.nodes.map((node) => (node.name === name ? { ...node, hostKeys: [...hostKeys] } : node));
  });
  run.log.debug(`${run.clusterId}: pinned ${hostKeys.length} host key(s) of ${name}`);
}
