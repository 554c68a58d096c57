import type { Host, RunOptions, RunResult } from '../kernel';
import type { Program, StartOptions, Terminal } from '../programs/program';
import { insideOf } from '../host/inside';
import { follow } from './abort';
import { environmentFor } from './environment';
import { runScript } from './execution';
import type { ExecutionOptions, OpenShell } from './executionTypes';
import { INTERRUPTED, TERMINATED } from './executionTypes';
import { Input } from './input';
import { Jobs } from './jobs';
import type { Output } from './output';
import { CollectedOutput } from './output';
import { Resolver } from './resolve';

export interface SessionOptions extends StartOptions {
  /** Standard input as it comes; `stdin` is for what is there from the beginning. */
  readonly input?: Input;
  readonly terminal?: Terminal | undefined;
  readonly openShell?: OpenShell | undefined;
  /** Told of the signal by which a script ended its own shell. */
  readonly onSignal?: (name: string) => void;
  /** Told that the script had a trap for it, and so ends with an exit code all the same. */
  readonly onTrapped?: () => void;
}

export interface Shell {
  /** Runs a script and keeps its output. Never rejects. As root when no user is named. */
  run(script: string, options?: RunOptions): Promise<RunResult>;
  /** Runs a script with its output as it comes; resolves with the exit code. Aborting the signal interrupts it. */
  start(script: string, options: SessionOptions, output: Output): Promise<number>;
  /** What a session of many scripts (a terminal) is made with; its signal must be told of power that goes. */
  readonly resolver: Resolver;
  session(options: SessionOptions): ExecutionOptions;
}

export type ShellFactory = (host: Host, programs: readonly Program[]) => Shell;

export const createShell: ShellFactory = (host, programs) => new NodeShell(host, programs);

/** Of processes that sessions start; those of units begin lower. */
const FIRST_SESSION_PID = 1300;

class NodeShell implements Shell {
  readonly resolver: Resolver;
  #lastPid = FIRST_SESSION_PID;

  constructor(
    private readonly host: Host,
    programs: readonly Program[],
  ) {
    this.resolver = new Resolver(host, programs);
  }

  async run(script: string, options: RunOptions = {}): Promise<RunResult> {
    const output = new CollectedOutput();
    const exitCode = await this.start(script, options, output);
    return { stdout: output.text, stderr: output.errors, exitCode };
  }

  async start(script: string, options: SessionOptions, output: Output): Promise<number> {
    const { power } = this.host;
    const followed = follow(options.signal === undefined ? [power] : [power, options.signal]);
    const session = this.session({ ...options, signal: followed.signal });
    const killed = new AbortController();
    const trapped = new AbortController();
    session.parts.jobs.onSignal = (name) => {
      killed.abort(name);
      options.onSignal?.(name);
      followed.abort(name);
    };
    try {
      const code = await runScript(script, { ...session, onTrapped: () => trapped.abort() }, output);
      if (trapped.signal.aborted) {
        options.onTrapped?.();
      }
      const isKilled = killed.signal.aborted && !trapped.signal.aborted;
      return isKilled ? (killed.signal.reason === 'INT' ? INTERRUPTED : TERMINATED) : code;
    } finally {
      session.parts.jobs.hangUp();
      followed.release();
    }
  }

  session(options: SessionOptions): ExecutionOptions {
    const { host } = this;
    const user = options.user ?? 'root';
    const environment = { ...environmentFor(user, insideOf(host).hostname()), ...options.environment };
    const input = options.input ?? Input.of(options.stdin ?? '');
    const signal = options.signal ?? host.power;
    const jobs = new Jobs(host, () => this.#nextPid());
    const { name, parameters, terminal, openShell } = options;
    return {
      parts: { host, kernel: insideOf(host).kernel, resolver: this.resolver, jobs },
      user,
      environment,
      workingDirectory: options.workingDirectory ?? environment['HOME'] ?? '/',
      signal,
      speaker: { name: name ?? 'bash', namesLines: name !== undefined },
      isCommandText: name === undefined,
      input,
      terminal,
      openShell,
      parameters,
    };
  }

  #nextPid(): number {
    this.#lastPid += 3;
    return this.#lastPid;
  }
}
