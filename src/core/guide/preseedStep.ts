import type { Run, Step } from '../plan/step';
import type { NodeConnection } from '../ports';
import { onEachNode } from './nodes';

const UNIT = 'deis-preseed';

/**
 * Every node pulls the images of all components, by Deis' own script, while other steps wait: what has to start finds its
 * image there, and so does what moves over from a dead node later. Nothing waits for it and nothing fails with it: a unit
 * whose image is missing pulls it by itself.
 */
export const preseedStep: Step = {
  id: 'preseed',
  title: 'Begin to pull the images',

  observe: async (run) =>
    (await onEachNode(run, (node) => isUnderWay(run, node))).every((node) => 'value' in node && node.value),

  async apply(run) {
    const outcomes = await onEachNode(run, async (node) => {
      if (!(await isUnderWay(run, node))) {
        // Stays until the next boot, so that it can be seen that it ran.
        const command = ['sudo', 'systemd-run', `--unit=${UNIT}`, '--remain-after-exit', '/run/deis/bin/preseed'];
        const { exitCode, stderr } = await node.exec(command, { signal: run.signal });
        return exitCode === 0 ? undefined : stderr.trim();
      }
      return undefined;
    });
    for (const outcome of outcomes) {
      const problem = 'error' in outcome ? String(outcome.error) : outcome.value;
      if (problem !== undefined) {
        run.log.warn(`${run.clusterId}: ${outcome.name} does not pull images ahead: ${problem}`);
      }
    }
  },

  verify: () => Promise.resolve(),
};

async function isUnderWay(run: Run, node: NodeConnection): Promise<boolean> {
  const command = ['systemctl', 'show', `${UNIT}.service`, '-p', 'ActiveState'];
  const { stdout } = await node.exec(command, { signal: run.signal });
  return /ActiveState=(?:active|activating)\b/.test(stdout);
}
