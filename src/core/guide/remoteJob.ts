import { ClusterError } from '../errors';
import type { FleetMachine } from '../model/units';
import type { Run } from '../plan/step';
import type { NodeConnection } from '../ports';
import { commandFailed } from './command';
import { DEISCTL, onNodeWithDeisctl } from './deisctlStep';
import { withNode } from './nodes';

/**
 * Long work outlives our window: it runs as a transient systemd unit on a node, and any window follows its journal. Whether
 * the work is done is never read off the unit, but off what fleet says.
 */
export type JobState = 'running' | 'ended' | 'unreachable';

export interface JobSpec {
  /** Name of the transient unit, without suffix. */
  readonly unit: string;
  /** Arguments of deisctl. An option goes after the verb's target, where it counts. */
  readonly args: readonly string[];
}

/**
 * The same job in whatever window started it. A node that does not answer may work on; one that fleet has dropped has no
 * job any more, or soon will not have one: deisctl bears a second one beside it.
 */
export async function jobState(run: Run, unit: string, machines: readonly FleetMachine[]): Promise<JobState> {
  const { job, nodes } = run.journal.data;
  const address = nodes.find(({ name }) => name === job?.node)?.privateAddress;
  if (job?.unit !== unit || !machines.some(({ primaryIp }) => primaryIp === address)) {
    return 'ended';
  }
  try {
    const isUp = await withNode(run, job.node, (node) => isRunning(run, node, unit));
    return isUp ? 'running' : 'ended';
  } catch (error) {
    run.signal.throwIfAborted();
    if (ClusterError.is(error, 'sshUnreachable', 'sshClosed')) {
      return 'unreachable';
    }
    throw error;
  }
}

async function isRunning(run: Run, node: NodeConnection, unit: string): Promise<boolean> {
  const { stdout } = await node.exec(['systemctl', 'show', `${unit}.service`, '-p', 'ActiveState'], {
    signal: run.signal,
  });
  return /ActiveState=(?:active|activating|deactivating|reloading)\b/.test(stdout);
}

/** Starts the job on a node that has deisctl, unless it runs there already. */
export async function startJob(run: Run, spec: JobSpec): Promise<void> {
  await onNodeWithDeisctl(run, (node) => startOn(run, node, spec));
}

async function startOn(run: Run, node: NodeConnection, spec: JobSpec): Promise<void> {
  const unit = `${spec.unit}.service`;
  await run.journal.change((journal) => {
    journal.job = { unit: spec.unit, node: node.endpoint.name };
  });
  // One that failed keeps its name until it is reset; a good one is gone by itself.
  await node.exec(['sudo', 'systemctl', 'reset-failed', unit], { signal: run.signal });
  const command = [
    ...['sudo', 'systemd-run', `--unit=${spec.unit}`, '--setenv=HOME=/root'],
    ...[DEISCTL, ...spec.args],
  ];
  const result = await node.exec(command, { signal: run.signal });
  if (result.exitCode !== 0 && !(await isRunning(run, node, spec.unit))) {
    throw commandFailed(node, command, result);
  }
}
