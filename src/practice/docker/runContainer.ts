import type { Cancel } from '../kernel';
import type { HostInside, Output } from '../host/inside';
import type { Behaviour, ContainerContext } from '../containers/context';
import { EtcdAccess } from '../containers/etcdAccess';
import type { ContainerRecord, RunningContainer, RunSpec } from './engine';

const KEPT_LOG_LINES = 400;
const OOM_EXIT = 137;

interface Parts {
  readonly record: ContainerRecord;
  readonly spec: RunSpec;
  readonly isResumed: boolean;
  readonly behaviour: Behaviour;
  readonly program: string;
  readonly memoryMb: number;
}

/** Starts the container's process. */
export function runContainer(inside: HostInside, parts: Parts): RunningContainer {
  const container = new Container(inside, parts);
  container.start();
  return container;
}

/** One container while it runs: its memory, its ports, its log and its end. */
class Container implements RunningContainer {
  readonly pid: number;
  readonly record: ContainerRecord;
  readonly logs: string[] = [];
  readonly exited: Promise<number>;
  isReady = false;
  #resolve: (code: number) => void = () => undefined;
  readonly #inside: HostInside;
  readonly #parts: Parts;
  readonly #followers = new Set<Output>();
  readonly #cleanUp: Cancel[] = [];
  readonly #stopped = new AbortController();
  #unfinished = '';

  constructor(inside: HostInside, parts: Parts) {
    this.#inside = inside;
    this.#parts = parts;
    this.record = parts.record;
    this.exited = new Promise((resolve) => (this.#resolve = resolve));
    const lost = (): void => this.#stopped.abort();
    const { power } = inside.host;
    power.addEventListener('abort', lost);
    const process = inside.processTable.add({
      user: 'root',
      name: parts.program,
      command: parts.spec.command.join(' ') || '/app/bin/boot',
      memoryMb: parts.memoryMb,
      unit: 'docker.service',
    });
    this.pid = process.pid;
    this.#cleanUp.push(() => power.removeEventListener('abort', lost), process.remove);
  }

  start(): void {
    const { record, program, memoryMb, behaviour } = this.#parts;
    this.#cleanUp.push(
      this.#inside.resources.claimFor({ program, pid: this.pid }, memoryMb, () => {
        record.byOom = true;
        this.#finish(OOM_EXIT);
      }),
    );
    const { signal } = this.#stopped;
    behaviour(this.#context())
      .catch((error: unknown) => {
        if (!signal.aborted) {
          this.#log(error instanceof Error ? error.message : String(error));
        }
        return signal.aborted ? 0 : 1;
      })
      .then(
        (code) => this.#finish(code),
        () => undefined,
      );
  }

  stop(kind: 'TERM' | 'KILL'): void {
    if (kind === 'KILL') {
      this.#finish(OOM_EXIT);
    } else {
      this.#stopped.abort();
    }
  }

  follow(output: Output): Cancel {
    this.#followers.add(output);
    return () => this.#followers.delete(output);
  }

  #finish(code: number): void {
    if (this.#inside.host.power.aborted) {
      return; // Without power nobody learns how it ended.
    }
    this.#stopped.abort();
    for (const run of this.#cleanUp.splice(0)) {
      run();
    }
    if (this.#unfinished !== '') {
      this.#keep('\n');
    }
    this.#resolve(code);
  }

  #log(text: string): void {
    this.logs.push(text);
    this.logs.splice(0, Math.max(0, this.logs.length - KEPT_LOG_LINES));
    for (const follower of this.#followers) {
      follower.stdout(`${text}\n`);
    }
  }

  #write(text: string): void {
    this.#keep(text);
    for (const follower of this.#followers) {
      follower.stdout(text);
    }
  }

  /** The log has whole lines. */
  #keep(text: string): void {
    const lines = `${this.#unfinished}${text}`.split('\n');
    this.#unfinished = lines.pop() ?? '';
    this.logs.push(...lines);
    this.logs.splice(0, Math.max(0, this.logs.length - KEPT_LOG_LINES));
  }

  #context(): ContainerContext {
    const { kernel, host } = this.#inside;
    const { record, spec, isResumed } = this.#parts;
    const { signal } = this.#stopped;
    return {
      inside: this.#inside,
      host,
      kernel,
      name: record.name,
      record,
      command: spec.command,
      workingDirectory: spec.workingDirectory ?? '/',
      attached: spec.attached,
      environment: spec.environment,
      volumes: spec.volumes,
      isResumed,
      signal,
      log: (text) => this.#log(text),
      write: (text) => this.#write(text),
      keep: (text) => this.#keep(text),
      etcd: new EtcdAccess(this.#inside, signal),
      wait: (ms) => kernel.ledger.delay('container', `${host.name} ${record.name}`, ms, signal),
      every: (ms, action) => this.#cleanUp.push(kernel.timeline.every(ms, action)),
      listen: (containerPort, handler) => {
        const port = spec.isHostNetwork ? containerPort : hostPort(spec.ports, containerPort);
        if (port !== undefined) {
          this.#cleanUp.push(host.listen({ port }, handler));
        }
      },
      ready: () => (this.isReady = true),
      exit: (code) => this.#finish(code),
      onEnd: (action) => this.#cleanUp.push(action),
    };
  }
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
