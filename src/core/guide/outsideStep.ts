import type { Run, Step } from '../plan/step';
import { Stopwatch } from '../plan/stopwatch';
import { probePorts, untilSilent } from './portProbe';
import { findFirewall, opensPorts, PUBLIC_PORTS } from './firewall';

const PROPAGATION_MS = 60_000;
/** Docker's API, etcd's clients and peers, registry, database, controller, store gateway (Deis docs, security considerations). */
const PRIVATE_PORTS = [2375, 2379, 2380, 4001, 5000, 5432, 8000, 8888];
/** Port 443 is left out: a router without a certificate may refuse it. */
const ANSWERING_PORTS = [80, 2222];

export interface OutsideLook {
  /**
   * Begins to look for ports that must not answer. One that is filtered never does, so those seconds are better spent while
   * other steps wait; etcd, the worst of them, is up by then.
   */
  readonly begin: (run: Run) => void;
  readonly step: Step;
}

/**
 * Looks at every node as the Internet does. What is not as it should be is said loudly, and kept as the cluster's problem;
 * the cluster is none the less there.
 */
export function lookFromOutside(): OutsideLook {
  let exposed: Promise<string[]> | undefined;
  return {
    begin(run) {
      exposed ??= findExposed(run);
      exposed.catch(() => undefined); // Who awaits it in the step is told.
    },
    step: {
      id: 'outside',
      title: 'Look at the ports from outside',

      // There is no state to observe but by looking, which is the step.
      observe: () => Promise.resolve(false),

      async apply(run) {
        const problems = [...(await (exposed ?? findExposed(run))), ...(await waitForAnswers(run))];
        exposed = undefined;
        await run.journal.change((journal) => {
          delete journal.problem;
          if (problems.length > 0) {
            journal.problem = `${problems.join(' ')} Check the cloud firewall of the cluster.`;
          }
        });
        for (const problem of problems) {
          run.log.warn(`${run.clusterId}: ${problem}`);
        }
      },

      verify: () => Promise.resolve(),
    },
  };
}

/** The same step; something else begins beside it, whether it finds its work done or not. */
export const beginningWith = (step: Step, begin: (run: Run) => void): Step => ({
  ...step,
  observe(run) {
    begin(run);
    return step.observe(run);
  },
});

async function findExposed(run: Run): Promise<string[]> {
  const nodes = await probePorts(run, PRIVATE_PORTS, untilSilent);
  const open = nodes.filter(({ ports }) => ports.length > 0);
  return open.map(
    ({ name, ports }) => `${name} answers the whole Internet on port ${ports.join(', ')}, which must be closed.`,
  );
}

/** Rules take some seconds to reach every droplet. What is still silent after that is a problem. */
async function waitForAnswers(run: Run): Promise<string[]> {
  const stopwatch = new Stopwatch(run.provider.clock);
  for (;;) {
    const silent = await findSilent(run);
    if (silent.length === 0 || stopwatch.elapsedMs > PROPAGATION_MS) {
      return silent;
    }
    run.report(silent[0] ?? '');
    await run.provider.clock.sleep(2_000, run.signal);
  }
}

async function findSilent(run: Run): Promise<string[]> {
  const firewall = await findFirewall(run);
  const areOpen = firewall !== undefined && opensPorts(firewall, PUBLIC_PORTS);
  const wanted = [22, ...(areOpen ? ANSWERING_PORTS : [])];
  const open = await probePorts(run, wanted);
  return run.journal.data.nodes.flatMap(({ name }) => {
    const ports = open.find((candidate) => candidate.name === name)?.ports ?? [];
    // A router mesh smaller than the cluster leaves nodes without one.
    const mustAnswer = wanted.filter(
      (port) => port === 22 || run.journal.data.spec.routerMeshSize >= run.journal.data.nodes.length,
    );
    const silent = mustAnswer.filter((port) => !ports.includes(port));
    return silent.length === 0 ? [] : [`${name} does not answer on port ${silent.join(', ')} from outside.`];
  });
}
