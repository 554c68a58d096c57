import type { Daemon, DaemonFactory } from '../../kernel';
import type { HostInside } from '../inside';
import { DAEMON_MB } from '../resources/weights';
import type { ExitStatus, Signal } from '../systemd/exitStatus';
import type { Process, SpawnRequest } from '../systemd/process';
import { runCommand } from './command';
import { LineSplitter } from './lines';

/** What stands for a running process: settled once, by its own end or by a signal. */
class RunningProcess {
  readonly exited: Promise<ExitStatus>;
  #resolve: (status: ExitStatus) => void = () => undefined;
  #isOver = false;
  readonly #cleanUp: (() => void)[] = [];

  constructor() {
    this.exited = new Promise((resolve) => (this.#resolve = resolve));
  }

  onEnd(run: () => void): void {
    if (this.#isOver) {
      run();
    } else {
      this.#cleanUp.push(run);
    }
  }

  end(status: ExitStatus): void {
    if (this.#isOver) {
      return;
    }
    this.#isOver = true;
    for (const run of this.#cleanUp) {
      run();
    }
    this.#resolve(status);
  }

  get isOver(): boolean {
    return this.#isOver;
  }
}

/** Starts the process that an Exec line names: a native service, a program of ours, or something in the shell. */
export function spawn(
  inside: HostInside,
  daemons: Readonly<Record<string, DaemonFactory>>,
  request: SpawnRequest,
): Process {
  const path = inside.realPath(request.argv[0] ?? '');
  const factory = daemons[request.argv[0] ?? ''] ?? daemons[path];
  return factory === undefined ? spawnCommand(inside, request) : spawnDaemon(inside, factory, request);
}

function spawnDaemon(inside: HostInside, factory: DaemonFactory, request: SpawnRequest): Process {
  const running = new RunningProcess();
  const { power } = inside.host;
  const memoryMb = DAEMON_MB[request.argv[0] ?? ''] ?? 2;
  const entry = addToTable(inside, request, running, memoryMb);
  // Its first lines are said while it is being made, so the pid must be known before.
  const daemon: Daemon = factory(inside.host, request.environment, request.argv.slice(1));
  inside.daemons.add(daemon);
  running.onEnd(() => inside.daemons.delete(daemon));
  const kill = (signal: Signal, byOom = false): void => {
    if (!power.aborted && !running.isOver) {
      daemon.stop();
      if (signal === 'KILL') {
        running.end({ kind: 'killed', signal, ...(byOom ? { byOom: true } : {}) });
      }
    }
  };
  const owner = { program: nameOf(request), pid: entry };
  running.onEnd(inside.resources.claimFor(owner, memoryMb, () => kill('KILL', true)));
  void daemon.exited.then((code) => {
    if (!power.aborted) {
      running.end({ kind: 'exited', code });
    }
  });
  return { ...describe(request, entry), exited: running.exited, ready: daemon.ready, kill: (signal) => kill(signal) };
}

function spawnCommand(inside: HostInside, request: SpawnRequest): Process {
  const running = new RunningProcess();
  const { power } = inside.host;
  const abort = new AbortController();
  const lost = (): void => abort.abort();
  power.addEventListener('abort', lost);
  running.onEnd(() => power.removeEventListener('abort', lost));
  const pid = addToTable(inside, request, running, 1);
  const identity = describe(request, pid);
  const splitters = [0, 1].map(
    () => new LineSplitter((line) => inside.journal.write(request.unit, identity.name, pid, line)),
  );
  const [out, err] = splitters;
  void runCommand(inside, request, {
    signal: abort.signal,
    stdout: (text) => out?.push(text),
    stderr: (text) => err?.push(text),
  })
    .catch((error: unknown) => {
      err?.push(`${error instanceof Error ? error.message : String(error)}\n`);
      return 1;
    })
    .then((code) => {
      if (!power.aborted && !running.isOver) {
        splitters.forEach((splitter) => splitter.end());
        running.end(
          abort.signal.aborted && code >= 128 ? { kind: 'killed', signal: 'TERM' } : { kind: 'exited', code },
        );
      }
    });
  const kill = (signal: Signal): void => {
    if (power.aborted) {
      return;
    }
    abort.abort();
    if (signal === 'KILL') {
      running.end({ kind: 'killed', signal });
    }
  };
  return { ...identity, exited: running.exited, ready: Promise.resolve(), kill };
}

function addToTable(inside: HostInside, request: SpawnRequest, running: RunningProcess, memoryMb: number): number {
  const entry = inside.processTable.add({
    user: request.user,
    name: nameOf(request),
    command: commandLine(request.argv),
    memoryMb,
    unit: request.unit,
  });
  running.onEnd(entry.remove);
  return entry.pid;
}

/** As `systemctl status` shows a command line: words that a shell would take apart in double quotes. */
export const commandLine = (argv: readonly string[]): string =>
  argv
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replace(/["\\$`]/g, String.raw`\$&`)}"`))
    .join(' ');

const nameOf = ({ argv }: SpawnRequest): string => (argv[0] ?? '').replace(/^.*\//, '');

const describe = (request: SpawnRequest, pid: number): { pid: number; name: string; argv: readonly string[] } => ({
  pid,
  name: nameOf(request),
  argv: request.argv,
});
