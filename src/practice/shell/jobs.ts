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
  #lastNumber = 0;

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
    this.#lastNumber += 1;
    const followed = follow([this.#followed.signal]);
    const killed = { by: undefined as string | undefined };
    const done = run(followed.signal)
      .then((code) => (killed.by === undefined ? code : (CODES[killed.by] ?? TERMINATED)))
      .finally(() => followed.release());
    const end = (signalName = 'TERM'): void => {
      killed.by ??= signalName;
      followed.abort();
    };
    const job: Job = { number: this.#lastNumber, pid: this.#nextPid(), command, done, exitCode: undefined, end };
    this.#jobs.set(job.number, job);
    void done.then((code) => (job.exitCode = code));
    return job;
  }

  get all(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  find(id: string): Job | undefined {
    const wanted = id.startsWith('%') ? Number(id.slice(1)) : undefined;
    return this.all.find((job) => job.number === wanted || String(job.pid) === id);
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
