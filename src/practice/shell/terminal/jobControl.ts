import type { Terminal } from '../../programs/program';
import type { follow } from '../abort';
import type { Input } from '../input';
import type { Job, Jobs } from '../jobs';
import type { Output } from '../output';
import type { HeldOutput } from './heldOutput';
import type { LineDiscipline } from './lineDiscipline';
import type { ShellsInside } from './shellsInside';

/** What a line left behind. */
export interface Ended {
  readonly code: number;
  readonly environment: Readonly<Record<string, string>> | undefined;
  readonly declarations: string;
  /** It ended the shell. */
  readonly isGone: boolean;
}

/** A command that has the terminal, or had it when it was stopped. */
export interface Running {
  readonly line: string;
  readonly abort: ReturnType<typeof follow>;
  readonly input: Input;
  readonly keyboard: LineDiscipline;
  readonly shells: ShellsInside;
  readonly output: HeldOutput;
  readonly done: Promise<Ended>;
  /** Told of Ctrl-Z by the keyboard. */
  suspend: () => void;
  job?: Job;
  wasRaw?: boolean;
}

interface Parts {
  readonly jobs: Jobs;
  readonly terminal: Terminal;
  readonly raw: Output;
  readonly output: Output;
}

/** Exit status of what SIGTSTP stopped (bash: 128 + 20). */
export const STOPPED = 148;

/** Ctrl-Z, `fg` and `bg` of a terminal's shell. A stopped program's clock runs on, as a real one's does; it only says nothing. */
export class JobControl {
  readonly #parts: Parts;
  readonly #stopped = new Map<Job, Running>();
  #hasWarned = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  setAside(running: Running): void {
    const { jobs, terminal, raw, output } = this.#parts;
    running.output.hold();
    running.wasRaw = terminal.isRaw === true;
    terminal.isRaw = false;
    running.job ??= jobs.adopt(running.line, {
      done: running.done.then(async ({ code }) => {
        await running.output.released();
        return code;
      }),
      abort: () => {
        running.abort.abort();
        running.output.release();
      },
    });
    running.job.isStopped = true;
    this.#stopped.set(running.job, running);
    raw.stdout(running.wasRaw ? '\x1b[?25h\r\n' : '\r\n');
    output.stdout(jobs.row(running.job));
  }

  /** It ended while it had the terminal: nothing more is told of it. */
  forget({ job }: Running): void {
    if (job !== undefined) {
      this.#stopped.delete(job);
      this.#parts.jobs.forget(job.number);
    }
  }

  /** `fg`, `bg`, `%1`: what is to have the terminal now, or the exit status; undefined for other commands. */
  command(script: string): Job | number | undefined {
    const [word = '', id = word.startsWith('%') ? word : undefined, ...more] = script.split(/\s+/);
    if (!/^(?:fg|bg|%\S*)$/.test(word) || more.length > 0) {
      return undefined;
    }
    const { jobs, output } = this.#parts;
    const name = word === 'bg' ? 'bg' : 'fg';
    const job = id === undefined ? jobs.current : jobs.find(id.startsWith('%') ? id : `%${id}`);
    if (job?.exitCode !== undefined || job === undefined) {
      output.stderr(`-bash: ${name}: ${id ?? 'current'}: no such job\n`);
      return 1;
    }
    return name === 'fg' ? job : this.#toBackground(job);
  }

  #toBackground(job: Job): number {
    const { output } = this.#parts;
    if (!job.isStopped) {
      output.stderr(`-bash: bg: job ${job.number} already in background\n`);
      return 0;
    }
    output.stdout(`[${job.number}]+ ${job.command} &\n`);
    job.isStopped = false;
    this.#stopped.get(job)?.output.release();
    return 0;
  }

  /** Gives the terminal back to it; undefined when it never had it (`command &`). */
  toForeground(job: Job): Running | undefined {
    const { output, terminal } = this.#parts;
    output.stdout(`${job.command}\n`);
    const running = this.#stopped.get(job);
    job.isStopped = false;
    if (running?.wasRaw === true) {
      terminal.isRaw = true;
    }
    running?.output.release();
    return running;
  }

  /** Whether the shell may end now: it warns once of jobs that are stopped. */
  mayLeave(): boolean {
    const isStopped = this.#parts.jobs.all.some((job) => job.isStopped);
    if (!isStopped || this.#hasWarned) {
      return true;
    }
    this.#parts.output.stderr('There are stopped jobs.\n');
    this.#hasWarned = true;
    return false;
  }

  /** Another command came between: the next `exit` is warned again. */
  noteOtherCommand(): void {
    this.#hasWarned = false;
  }
}
