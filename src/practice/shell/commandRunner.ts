import type { ResolvedCommandContext } from 'just-bash';
import { LAST_JOB } from './devices';
import type { CommandResult, ExecutionOptions, ExecutionParts, Manner, RunScript } from './executionTypes';
import { NOTHING, surroundingsOf } from './executionTypes';
import { Input } from './input';
import { notFoundMessage } from './messages';
import type { Output, Route } from './output';
import { CollectedOutput, routed } from './output';
import { pipeThrough } from './pipe';
import { ProgramRunner } from './programRunner';
import { quoteAll } from './quote';
import type { TimeHold } from './timeHold';

interface Parts {
  readonly execution: ExecutionParts;
  readonly options: ExecutionOptions;
  readonly output: Output;
  readonly hold: TimeHold;
  readonly runScript: RunScript;
  /** The shell itself complains, in bash's words. */
  complain(output: Output, text: string, line: number): void;
}

/** Runs what a command name means: in the foreground, in a pipe, in the background. */
export class CommandRunner {
  readonly #parts: Parts;
  readonly #programs: ProgramRunner;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#programs = new ProgramRunner(parts.execution, parts.options, parts.hold, parts.runScript);
  }

  /** In the foreground, output as it comes. `routes` is of foreground.ts: where the streams go, whether the session's input is read. */
  async direct(routes: string, words: readonly string[], context: ResolvedCommandContext): Promise<CommandResult> {
    const output = routed(this.#parts.output, routeAt(routes, 0), routeAt(routes, 1));
    const line = Number(routes.slice(3));
    const manner: Manner = { output, isDirect: true, readsSession: routes.charAt(2) === 'i', line };
    return { ...NOTHING, exitCode: await this.#dispatch(words, context, manner) };
  }

  /** What goes through piece by piece, whatever its length. */
  async streamed(
    routes: string,
    send: (output: Output, signal: AbortSignal) => Promise<number>,
  ): Promise<CommandResult> {
    const { output, options, hold } = this.#parts;
    const target = routed(output, routeAt(routes, 0), routeAt(routes, 1));
    return { ...NOTHING, exitCode: await hold.outside(() => send(target, options.signal)) };
  }

  /** For a pipe or a file: output at the end. */
  async captured(
    words: readonly string[],
    context: ResolvedCommandContext,
    readsSession = false,
  ): Promise<CommandResult> {
    const output = new CollectedOutput();
    const exitCode = await this.#dispatch(words, context, { output, isDirect: false, readsSession });
    const stdout = output.bytes.toString('latin1');
    return { stdout, stdoutKind: 'bytes', stderr: output.errors, exitCode };
  }

  /** In the foreground behind filters that its lines go through while it runs. */
  async piped(
    what: { readonly routes: string; readonly filters: string; readonly words: readonly string[] },
    context: ResolvedCommandContext,
  ): Promise<CommandResult> {
    const { options, output, runScript } = this.#parts;
    const surroundings = surroundingsOf(context);
    const readsSession = what.routes.charAt(2) === 'i';
    const exitCode = await pipeThrough(
      { filters: what.filters, out: routeAt(what.routes, 0), err: routeAt(what.routes, 1) },
      {
        output,
        signal: options.signal,
        start: (target, signal) =>
          this.#dispatch(what.words, context, { output: target, isDirect: true, isPiped: true, readsSession, signal }),
        filter: (text, stdin, target) =>
          runScript(text, { ...options, ...surroundings, input: Input.of(stdin), terminal: undefined }, target),
      },
    );
    return { ...NOTHING, exitCode };
  }

  async inBackground(script: string, context: ResolvedCommandContext): Promise<CommandResult> {
    const { options, output, runScript, execution } = this.#parts;
    const surroundings = surroundingsOf(context);
    const job = execution.jobs.start(script, (signal) =>
      runScript(
        `${variablesText(context)}${script}`,
        { ...options, ...surroundings, parameters: parametersOf(context), signal, input: undefined },
        output,
      ),
    );
    await context.assignShellVariable?.(LAST_JOB, String(job.pid));
    const isTold = options.terminal !== undefined;
    return { ...NOTHING, stderr: isTold ? `[${job.number}] ${job.pid}\n` : '' };
  }

  async #dispatch(
    [name = '', ...args]: readonly string[],
    context: ResolvedCommandContext,
    manner: Manner,
  ): Promise<number> {
    const { environment, workingDirectory } = surroundingsOf(context);
    const { resolver } = this.#parts.execution;
    const found = resolver.resolve(name, { path: environment['PATH'] ?? '', workingDirectory });
    switch (found.kind) {
      case 'program':
        return await this.#programs.run(found.program, args, context, manner);
      case 'script': {
        const options = { environment, workingDirectory, name, parameters: args };
        return await this.#programs.nest(found.text, { options, stdin: context.stdin }, manner);
      }
      case 'tool':
        return await runTool([found.name, ...args], context, manner.output);
      case 'binary':
        return this.#refuse(manner, `bash: ${name}: cannot execute binary file: Exec format error\n`, 126);
      case 'denied':
        return this.#refuse(manner, `bash: ${name}: Permission denied\n`, 126);
      case 'directory':
        return this.#refuse(manner, `bash: ${name}: Is a directory\n`, 126);
      case 'absent':
        return this.#refuse(manner, notFoundMessage(name), 127);
    }
  }

  #refuse({ output, line }: Manner, text: string, code: number): number {
    this.#parts.complain(output, text, line ?? 0);
    return code;
  }
}

/** Variables that are not exported, for a part of the script that runs beside it and inherits them all the same. */
export function variablesText({ env, exportedEnv = {} }: Pick<ResolvedCommandContext, 'env' | 'exportedEnv'>): string {
  const own = [...env].filter(([name]) => /^[a-z]\w*$|^[A-Z]\w*$/.test(name) && !OWN_VARIABLES.test(name));
  return own.map(([name, value]) => (name in exportedEnv ? '' : `${name}=${quoteAll([value])}\n`)).join('');
}

/** What each shell sets for itself. */
const OWN_VARIABLES =
  /^(?:BASH.*|EUID|FUNCNAME|HOSTNAME|HOSTTYPE|IFS|MACHTYPE|OLDPWD|OPT.*|OSTYPE|PPID|PWD|SHELLOPTS|SHLVL|UID)$/;

const parametersOf = ({ env }: ResolvedCommandContext): string[] =>
  Array.from({ length: Number(env.get('#') ?? 0) }, (_unused, index) => env.get(String(index + 1)) ?? '');

/** The first two letters of what foreground.ts wrote are routes. */
const routeAt = (routes: string, index: 0 | 1): Route => {
  const letter = routes.charAt(index);
  return letter === 'e' || letter === 'n' ? letter : 'o';
};

async function runTool(words: readonly string[], context: ResolvedCommandContext, output: Output): Promise<number> {
  const { environment, workingDirectory } = surroundingsOf(context);
  const result = await context.exec?.(quoteAll(words), { cwd: workingDirectory, env: environment });
  output.stdout(result?.stdout ?? '');
  output.stderr(result?.stderr ?? '');
  return result?.exitCode ?? 1;
}
