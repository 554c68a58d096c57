import type { Cancel, HttpHandler } from '../kernel';
import type { HostInside, Output } from '../host/inside';
import type { Behaviour, ContainerContext } from '../containers/context';
import { createEtcdAccess } from '../containers/etcdAccess';
import type { ContainerRecord, RunningContainer, RunSpec } from './engine';

const KEPT_LOG_LINES = 400;
const OOM_EXIT = 137;

interface Parts {
  readonly record: ContainerRecord;
  readonly spec: RunSpec;
  readonly isResumed: boolean;
  readonly behaviour: Behaviour;
  readonly memoryMb: number;
}

/** One container while it runs: its memory, its ports, its log and its end. */
export function runContainer(inside: HostInside, parts: Parts): RunningContainer {
  const { record } = parts;
  const logs: string[] = [];
  const followers = new Set<Output>();
  const cleanUp: Cancel[] = [];
  let isReady = false;
  const stopped = new AbortController();
  const { signal } = stopped;
  const { power } = inside.host;
  const lost = (): void => stopped.abort();
  power.addEventListener('abort', lost);
  cleanUp.push(() => power.removeEventListener('abort', lost));
  let finish: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => {
    finish = (code) => {
      if (power.aborted) {
        return; // Without power nobody learns how it ended.
      }
      stopped.abort();
      for (const run of cleanUp.splice(0)) {
        run();
      }
      resolve(code);
    };
  });
  const log = (text: string): void => {
    logs.push(text);
    logs.splice(0, Math.max(0, logs.length - KEPT_LOG_LINES));
    for (const follower of followers) {
      follower.stdout(`${text}\n`);
    }
  };
  const process = inside.processTable.add({
    user: 'root',
    name: record.name.replace(/^deis-/, ''),
    command: parts.spec.command.join(' ') || `/app/bin/boot`,
    memoryMb: parts.memoryMb,
    unit: 'docker.service',
  });
  cleanUp.push(process.remove);
  cleanUp.push(
    inside.resources.claimMemory(record.name, parts.memoryMb, () => {
      record.byOom = true;
      finish(OOM_EXIT);
    }),
  );
  const context = contextOf(inside, parts, { signal, log, cleanUp, ready: () => (isReady = true), exit: finish });
  void parts
    .behaviour(context)
    .catch((error: unknown) => {
      if (!signal.aborted) {
        log(error instanceof Error ? error.message : String(error));
      }
      return signal.aborted ? 0 : 1;
    })
    .then((code) => finish(code));
  return {
    pid: process.pid,
    get isReady() {
      return isReady;
    },
    record,
    logs,
    exited,
    stop: (kind) => {
      if (kind === 'KILL') {
        finish(OOM_EXIT);
      } else {
        stopped.abort();
      }
    },
    follow: (output) => {
      followers.add(output);
      return () => followers.delete(output);
    },
  };
}

function contextOf(
  inside: HostInside,
  { record, spec, isResumed }: Parts,
  run: {
    signal: AbortSignal;
    log: (text: string) => void;
    cleanUp: Cancel[];
    ready: () => void;
    exit: (code: number) => void;
  },
): ContainerContext {
  const { kernel, host } = inside;
  const environment = spec.environment;
  return {
    inside,
    host,
    kernel,
    name: record.name,
    environment,
    isResumed,
    signal: run.signal,
    log: run.log,
    etcd: createEtcdAccess(inside, run.signal),
    wait: (ms) => kernel.ledger.delay('container', `${host.name} ${record.name}`, ms, run.signal),
    every: (ms, action) => run.cleanUp.push(kernel.timeline.every(ms, action)),
    listen: (containerPort, handler: HttpHandler) => {
      const port = spec.isHostNetwork ? containerPort : hostPort(spec.ports, containerPort);
      if (port !== undefined) {
        run.cleanUp.push(host.listen({ port }, handler));
      }
    },
    ready: run.ready,
    exit: run.exit,
    onEnd: (action) => run.cleanUp.push(action),
  };
}

/** `-p 2223:22` → 2223 for 22. */
function hostPort(ports: readonly string[], containerPort: number): number | undefined {
  for (const mapping of ports) {
    const [outer, inner = outer] = mapping
      .replace(/\/\w+$/, '')
      .split(':')
      .slice(-2);
    if (Number(inner) === containerPort) {
      return Number(outer);
    }
  }
  return undefined;
}
