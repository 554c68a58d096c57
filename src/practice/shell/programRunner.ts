import { latin1FromBytes } from 'just-bash';
import type { ResolvedCommandContext } from 'just-bash';
import type { Program, ProgramContext, ProgramSession, StartOptions } from '../programs/program';
import { follow } from './abort';
import type { ExecutionOptions, ExecutionParts, Manner, OpenShell, RunScript, Surroundings } from './executionTypes';
import { INTERRUPTED, surroundingsOf } from './executionTypes';
import { Input } from './input';
import { CollectedOutput, overheard, sendBytes } from './output';
import { quoteAll } from './quote';
import type { TimeHold } from './timeHold';

interface Nesting {
  readonly options: StartOptions;
  readonly stdin?: ResolvedCommandContext['stdin'];
  readonly input?: Input;
}

/** Runs programs of the node, and scripts inside a script, on behalf of one execution. */
export class ProgramRunner {
  readonly #parts: ExecutionParts;
  readonly #options: ExecutionOptions;
  readonly #hold: TimeHold;
  readonly #runScript: RunScript;

  constructor(parts: ExecutionParts, options: ExecutionOptions, hold: TimeHold, runScript: RunScript) {
    this.#parts = parts;
    this.#options = options;
    this.#hold = hold;
    this.#runScript = runScript;
  }

  async run(
    program: Program,
    args: readonly string[],
    context: ResolvedCommandContext,
    manner: Manner,
  ): Promise<number> {
    const signal = manner.signal ?? this.#options.signal;
    const { output } = manner;
    const substituted = await this.#substitute(args, context);
    const programContext = this.#contextFor(substituted.args, context, { ...manner, signal });
    return await this.#hold.outside(async () => {
      try {
        return await program.run(programContext);
      } catch (error) {
        if (signal.aborted) {
          return INTERRUPTED;
        }
        output.stderr(`${program.name}: ${error instanceof Error ? error.message : String(error)}\n`);
        return 1;
      } finally {
        await substituted.remove();
      }
    });
  }

  /** `bash <(curl …)`: what only the interpreter sees below /dev/fd is laid where programs find it. */
  async #substitute(
    args: readonly string[],
    context: ResolvedCommandContext,
  ): Promise<{ args: readonly string[]; remove(): Promise<void> }> {
    const { files } = this.#parts.host;
    const copies: string[] = [];
    const replaced: string[] = [];
    for (const arg of args) {
      const number = /^\/dev\/fd\/(\d\d)$/.exec(arg)?.[1];
      if (number === undefined) {
        replaced.push(arg);
        continue;
      }
      const copy = `/tmp/.fd-${this.#parts.jobs.pid}-${number}`;
      await files.writeFile(copy, await context.fs.readFile(arg));
      copies.push(copy);
      replaced.push(copy);
    }
    const remove = async (): Promise<void> => {
      await Promise.all(copies.map((copy) => files.rm(copy, { force: true })));
    };
    return { args: replaced, remove };
  }

  /** Another script in this session: `bash -c`, a script's file, `sudo`. */
  async nest(script: string, what: Nesting, manner: Manner): Promise<number> {
    const { options } = what;
    const own = options.isDetached === true ? this.#parts.host.power : (manner.signal ?? this.#options.signal);
    const followed = follow(options.signal === undefined ? [own] : [own, options.signal]);
    const { user, environment, workingDirectory, terminal, openShell, mask } = this.#options;
    const nested: ExecutionOptions = {
      parts: this.#parts,
      user: options.user ?? user,
      environment: options.environment ?? environment,
      workingDirectory: options.workingDirectory ?? workingDirectory,
      signal: followed.signal,
      speaker: {
        name: options.name ?? 'bash',
        namesLines: options.name !== undefined && options.isCommandLine !== true,
      },
      isCommandText: options.name === undefined || options.isCommandLine === true,
      input: this.#inputFor(what, manner),
      terminal: manner.isDirect ? terminal : undefined,
      openShell: manner.isDirect ? openShell : undefined,
      parameters: options.parameters,
      mask: mask === undefined ? undefined : { ...mask },
    };
    try {
      return await this.#hold.outside(() => this.#runScript(script, nested, manner.output));
    } finally {
      followed.release();
    }
  }

  #inputFor({ options, stdin, input }: Nesting, manner: Manner): Input | undefined {
    const piped = stdin === undefined ? '' : latin1FromBytes(stdin);
    const given = options.stdin ?? (piped === '' ? undefined : Buffer.from(piped, 'latin1'));
    if (given !== undefined) {
      return Input.of(given);
    }
    return input ?? (manner.readsSession === true ? this.#options.input : undefined);
  }

  #contextFor(
    args: readonly string[],
    context: ResolvedCommandContext,
    manner: Manner & { signal: AbortSignal },
  ): ProgramContext {
    const surroundings = surroundingsOf(context);
    const piped = Buffer.from(latin1FromBytes(context.stdin), 'latin1');
    const input = (manner.readsSession === true ? this.#options.input : undefined) ?? Input.of(piped);
    const { output, signal, isDirect } = manner;
    return {
      ...surroundings,
      host: this.#parts.host,
      args,
      stdin: piped.toString('utf8'),
      user: this.#options.user,
      isTerminal: isDirect && manner.isPiped !== true && this.#options.terminal !== undefined,
      signal,
      timeline: this.#parts.kernel.timeline,
      stdout: (text) => output.stdout(text),
      stderr: (text) => output.stderr(text),
      run: async (script, options) => {
        const collected = new CollectedOutput();
        const apart = { output: collected, isDirect: false, signal };
        const exitCode = await this.nest(script, { options: { ...surroundings, ...options } }, apart);
        return { stdout: collected.text, stderr: collected.errors, exitCode };
      },
      session: this.#sessionFor({ ...manner, input, surroundings }),
    };
  }

  #sessionFor(facts: Manner & { signal: AbortSignal; input: Input; surroundings: Surroundings }): ProgramSession {
    const { output, signal, input, surroundings, isDirect } = facts;
    const { terminal, openShell } = this.#options;
    return {
      start: (command, options = {}) => {
        const script = typeof command === 'string' ? command : quoteAll(command);
        return this.nest(script, { options: { ...surroundings, ...options }, input }, facts);
      },
      startIn: (shell, command, { readsInput, hasTerminal, heard, ...options }) =>
        shell.start(
          command,
          {
            signal,
            ...options,
            input: readsInput ? input : Input.of(''),
            ...(hasTerminal && isDirect ? { terminal, openShell } : {}),
          },
          heard === undefined ? output : overheard(output, heard),
        ),
      readStdin: async () => (await input.readAll(signal)).toString('utf8'),
      readSome: (own) => input.readSome(own ?? signal),
      readLine: async () => (await input.readLine(signal))?.toString('utf8'),
      stdoutBytes: (bytes) => sendBytes(output, bytes),
      drained: async () => await output.drained?.(),
      endJob: (id, signalName = 'TERM') => this.#endJob(id, signalName),
      ...(isDirect && terminal !== undefined ? { terminal } : {}),
      ...(isDirect && openShell !== undefined ? { openShell: () => this.#openShell(openShell, facts) } : {}),
    };
  }

  #endJob(id: string, signalName: string): boolean {
    const { jobs } = this.#parts;
    if (id === String(jobs.pid)) {
      if (signalName !== '0') {
        jobs.onSignal(signalName);
      }
      return true;
    }
    const job = jobs.find(id);
    if (signalName !== '0') {
      job?.end(signalName);
    }
    return job !== undefined;
  }

  #openShell(
    open: OpenShell,
    { signal, surroundings }: { signal: AbortSignal; surroundings: Surroundings },
  ): Promise<number> {
    return open({ ...this.#options, ...surroundings, signal });
  }
}
