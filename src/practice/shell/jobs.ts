import type { Host } from '../kernel';
import { follow } from './abort';
import type { User } from './permissions';

/** What a shell sees of a job that a signal ended: 128 and the signal's number. */
const CODES: Readonly<Record<string, number>> = { HUP: 129, INT: 130, QUIT: 131, KILL: 137, TERM: 143 };
const TERMINATED = 143;

export interface Job {
  readonly number: number;
  readonly pid: number;
  readonly command: string;
  readonly done: Promise<number>;
  exitCode: number | undefined;
  /** By Ctrl-Z; what makes it go on is the terminal's. */
  isStopped: boolean;
  /** By a signal, TERM unless told otherwise. */
  end(signalName?: string): void;
}

/** What a session started with `&`, and the session's own process. */
export class Jobs {
  readonly pid: number;
  /** Told of a signal to the shell itself (`kill $$`). */
  onSignal: (name: string) => void = () => undefined;
  readonly #jobs = new Map<number, Job>();
  readonly #followed: ReturnType<typeof follow>;

  constructor(host: Host, nextPid: () => number) {
    this.#nextPid = nextPid;
    this.pid = nextPid();
    this.#followed = follow([host.power]);
  }

  readonly #nextPid: () => number;

  processInfo(user: User): { pid: number; ppid: number; uid: number; gid: number } {
    const id = user === 'root' ? 0 : 500; // The image's /etc/passwd.
    return { pid: this.pid, ppid: this.pid - 1, uid: id, gid: id };
  }

  start(command: string, run: (signal: AbortSignal) => Promise<number>): Job {
    const followed = follow([this.#followed.signal]);
    const killed = { by: undefined as string | undefined };
    const done = run(followed.signal)
      .then((code) => (killed.by === undefined ? code : (CODES[killed.by] ?? TERMINATED)))
      .finally(() => followed.release());
    const end = (signalName = 'TERM'): void => {
      killed.by ??= signalName;
      followed.abort();
    };
    return this.#keep({ command, done, end, isStopped: false });
  }

  /** What ran in the foreground until Ctrl-Z. */
  adopt(command: string, run: { readonly done: Promise<number>; abort(): void }): Job {
    const killed = { by: undefined as string | undefined };
    const done = run.done.then((code) => (killed.by === undefined ? code : (CODES[killed.by] ?? TERMINATED)));
    const end = (signalName = 'TERM'): void => {
      killed.by ??= signalName;
      run.abort();
    };
    this.#followed.signal.addEventListener('abort', () => run.abort(), { once: true });
    return this.#keep({ command, done, end, isStopped: true });
  }

  #keep(facts: Pick<Job, 'command' | 'done' | 'end' | 'isStopped'>): Job {
    const number = Math.max(0, ...this.#jobs.keys()) + 1;
    const job: Job = { ...facts, number, pid: this.#nextPid(), exitCode: undefined };
    this.#jobs.set(number, job);
    void job.done.then((code) => {
      job.exitCode = code;
      job.isStopped = false;
    });
    return job;
  }

  get all(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  /** `%1`, `%%` for the current one, `%+`, `%-`, `%top` by the beginning of its command, or a pid. */
  find(id: string): Job | undefined {
    if (!id.startsWith('%')) {
      return this.all.find((job) => String(job.pid) === id);
    }
    const which = id.slice(1);
    if (which === '' || which === '%' || which === '+') {
      return this.current;
    }
    return /^\d+$/.test(which)
      ? this.#jobs.get(Number(which))
      : which === '-'
        ? this.all.filter((job) => job !== this.current).at(-1)
        : this.all.find(({ command }) => command.startsWith(which));
  }

  /** The one stopped last, or else started last. */
  get current(): Job | undefined {
    return this.all.filter(({ isStopped }) => isStopped).at(-1) ?? this.all.at(-1);
  }

  /** As `jobs` shows it. */
  row(job: Job): string {
    const others = this.all.filter((one) => one !== this.current);
    const mark = job === this.current ? '+' : job === others.at(-1) ? '-' : ' ';
    const state = stateOf(job);
    return `[${job.number}]${mark}  ${state.padEnd(24)}${job.command}${state === 'Running' ? ' &' : ''}\n`;
  }

  /** Jobs that ended since the last look, as a terminal tells of them before its prompt. */
  takeEnded(): readonly Job[] {
    const ended = this.all.filter((job) => job.exitCode !== undefined);
    ended.forEach(({ number }) => this.#jobs.delete(number));
    return ended;
  }

  forget(number: number): void {
    this.#jobs.delete(number);
  }

  /** The session is over: a hang-up ends what it left running. */
  hangUp(): void {
    this.#followed.abort();
    this.#followed.release();
  }
}

function stateOf({ exitCode, isStopped }: Job): string {
  if (exitCode === undefined) {
    return isStopped ? 'Stopped' : 'Running';
  }
  const words: Readonly<Record<number, string>> = { 0: 'Done', 129: 'Hangup', 130: 'Interrupt', 137: 'Killed' };
  return words[exitCode] ?? (exitCode === TERMINATED ? 'Terminated' : `Exit ${exitCode}`);
}
