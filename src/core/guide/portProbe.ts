import type { Duplex } from 'node:stream';
import type { Run } from '../plan/step';

/** How long a port may take to answer. */
const ANSWER_MS = 3_000;
const SSH_PORT = 22;
/** One that is filtered never answers. It is silent when sshd beside it has answered so often, one time after the other. */
const CONTROLS = 6;

export interface NodePorts {
  readonly name: string;
  /** Those that answer. */
  readonly ports: readonly number[];
}

/** Resolves when a port of the node at this address that has not answered yet may be called silent. */
type Patience = (run: Run, address: string) => Promise<void>;

/**
 * Looks at ports of every node as the Internet does, at all of them at once. Without patience of its own, a port is waited
 * for until the deadline.
 */
export async function probePorts(run: Run, ports: readonly number[], patience?: Patience): Promise<NodePorts[]> {
  return await Promise.all(
    run.journal.data.nodes.map(async ({ name, publicAddress }) => {
      const answers = publicAddress === undefined ? [] : await probeNode(run, publicAddress, ports, patience);
      return { name, ports: ports.filter((_, i) => answers[i] === true) };
    }),
  );
}

async function probeNode(run: Run, address: string, ports: readonly number[], patience?: Patience): Promise<boolean[]> {
  const enough = new AbortController();
  const answers = Promise.all(ports.map((port) => doesAnswer(run, { address, port, enough: enough.signal })));
  // When sshd does not answer either, the deadline has to do.
  patience?.(run, address).then(
    () => enough.abort(),
    () => undefined,
  );
  return await answers;
}

/**
 * The deadline of a call is made for slow answers; here it would have to pass in full each time. What has had the provider's
 * three seconds, and six times the way to the node and back, and has not said a word, does not answer.
 */
export const untilSilent: Patience = async (run, address) => {
  const controls = async (): Promise<void> => {
    for (let i = 0; i < CONTROLS; i++) {
      if (!(await doesAnswer(run, { address, port: SSH_PORT }))) {
        throw new Error('no control');
      }
    }
  };
  await Promise.all([controls(), run.provider.clock.sleep(ANSWER_MS, run.signal)]);
};

interface Probe {
  readonly address: string;
  readonly port: number;
  readonly enough?: AbortSignal;
}

/** A connection alone proves nothing (a proxy, or a filter, may accept it): something has to come back. */
async function doesAnswer(run: Run, { address, port, enough }: Probe): Promise<boolean> {
  const limit = enough === undefined ? run.signal : AbortSignal.any([run.signal, enough]);
  const deadline = run.provider.clock.deadline(ANSWER_MS, limit);
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
