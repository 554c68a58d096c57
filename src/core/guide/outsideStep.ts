import type { Duplex } from 'node:stream';
import type { Run, Step } from '../plan/step';
import { Stopwatch } from '../plan/stopwatch';
import { findFirewall, opensPorts, PUBLIC_PORTS } from './firewall';

/** How long a port may take to answer; one that is filtered never does. */
const ANSWER_MS = 3_000;
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

/** The same step; something else begins beside it. */
export const beginningWith = (step: Step, begin: (run: Run) => void): Step => ({
  ...step,
  apply(run) {
    begin(run);
    return step.apply(run);
  },
});

async function findExposed(run: Run): Promise<string[]> {
  const open = await probeAll(run, PRIVATE_PORTS);
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
  const open = await probeAll(run, wanted);
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

/** The ports that answer, of each node that has any; all at once, since a silent port costs the whole wait. */
async function probeAll(run: Run, ports: readonly number[]): Promise<{ name: string; ports: number[] }[]> {
  const nodes = await Promise.all(
    run.journal.data.nodes.map(async ({ name, publicAddress }) => {
      const answers = await Promise.all(
        ports.map(async (port) => publicAddress !== undefined && (await doesAnswer(run, publicAddress, port))),
      );
      return { name, ports: ports.filter((_, i) => answers[i] === true) };
    }),
  );
  return nodes.filter((node) => node.ports.length > 0);
}

/** A connection alone proves nothing (a proxy, or a filter, may accept it): something has to come back. */
async function doesAnswer(run: Run, address: string, port: number): Promise<boolean> {
  const deadline = run.provider.clock.deadline(ANSWER_MS, run.signal);
  try {
    const stream = await run.provider.dialer.connect(address, port, deadline.signal);
    return await hasAnswer(stream, deadline.signal);
  } catch {
    run.signal.throwIfAborted();
    return false; // Refused, filtered or silent: from outside that is all the same.
  } finally {
    deadline.dispose();
  }
}

/** sshd and the builder speak first; of all others a web server's question gets some answer, be it an error. */
function hasAnswer(stream: Duplex, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (answer: boolean): void => {
      signal.removeEventListener('abort', onAbort);
      stream.destroy();
      resolve(answer);
    };
    const onAbort = (): void => end(false);
    stream.once('data', () => end(true));
    stream.once('close', () => end(false));
    stream.on('error', () => undefined); // 'close' follows.
    signal.addEventListener('abort', onAbort, { once: true });
    stream.write('GET /health-check HTTP/1.0\r\n\r\n');
  });
}
