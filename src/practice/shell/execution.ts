import { Bash, defineCommand, latin1FromBytes, parse } from 'just-bash';
import type { CustomCommand, ResolvedCommandContext } from 'just-bash';
import type { Host, Kernel, Program, ProgramContext, StartOptions, Terminal } from '../kernel';
import { follow } from './abort';
import { DEVICES, HIDDEN, isHidden } from './devices';
import type { Device } from './sessionFiles';
import { SessionFiles } from './sessionFiles';
import { connectTo } from './connections';
import { BUILTIN_NAMES, shellCommands } from './builtins';
import { toForeground, toGuarded } from './foreground';
import { Input } from './input';
import type { Jobs } from './jobs';
import { inBashWords, notFoundMessage, syntaxError } from './messages';
import type { Speaker } from './messages';
import type { Output, Route } from './output';
import { CollectedOutput, routed, sendBytes } from './output';
import { Permissions } from './permissions';
import type { User } from './permissions';
import { pipeThrough } from './pipe';
import { quoteAll } from './quote';
import type { Resolver } from './resolve';
import { LIBRARY_TOOLS } from './tools';

export interface ExecutionParts {
  readonly host: Host;
  readonly kernel: Kernel;
  readonly resolver: Resolver;
  readonly jobs: Jobs;
}

export interface ExecutionOptions {
  readonly user: User;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly signal: AbortSignal;
  readonly speaker: Speaker;
  /** `bash -c`: syntax errors say so. */
  readonly isCommandText: boolean;
  readonly input?: Input;
  readonly terminal?: Terminal;
  readonly parameters?: readonly string[];
  /** A terminal's shell: told that the script ended it by `exit`. */
  readonly onLeave?: () => void;
}

/** Exit code of what SIGINT ended (bash: 128 + 2). */
export const INTERRUPTED = 130;
/** Nothing of an operator's is that long; the library must not end a follow that runs for days. */
const LONGEST_MS = 2_147_483_647;
const MANY = 1_000_000_000;

/** One script in one user's shell. */
export class Execution {
  /** What the script left behind; a terminal's next line begins with it. */
  environment: Readonly<Record<string, string>>;
  readonly #parts: ExecutionParts;
  readonly #options: ExecutionOptions;
  readonly #output: Output;
  readonly #permissions: Permissions;
  readonly #files: SessionFiles;
  readonly #traps = new Map<string, string>();
  readonly #connectionErrors = new Map<string, string>();
  #release: (() => void) | undefined;
  #programsRunning = 0;
  #isOuter = true;

  constructor(parts: ExecutionParts, options: ExecutionOptions, output: Output) {
    this.#parts = parts;
    this.#options = options;
    this.#output = output;
    this.environment = options.environment;
    this.#permissions = new Permissions(parts.host, options.user);
    this.#files = new SessionFiles({
      files: parts.host.files,
      permissions: this.#permissions,
      device: (path) => this.#device(path),
      scriptFor: (path) => this.#scriptFor(path),
      isCommand: (name) => isHidden(name) || BUILTIN_NAMES.has(name),
    });
  }

  /** Resolves with the exit code; never rejects. */
  async run(script: string): Promise<number> {
    const { signal } = this.#options;
    if (signal.aborted) {
      return INTERRUPTED;
    }
    const problem = this.#problemOf(script);
    if (problem !== undefined) {
      this.#output.stderr(problem);
      return problem.includes('-c: ') ? 1 : 2;
    }
    this.#hold();
    try {
      const code = await this.#interpret(script);
      const farewell = this.#traps.get('EXIT') ?? this.#traps.get('0');
      if (farewell !== undefined && !signal.aborted) {
        this.#traps.clear();
        this.#isOuter = true;
        await this.#interpret(farewell);
      }
      return code;
    } finally {
      this.#letGo();
    }
  }

  async #interpret(script: string): Promise<number> {
    const { environment, workingDirectory, signal, user } = this.#options;
    const bash = this.#createBash();
    try {
      const result = await bash.exec(script, {
        rawScript: true,
        cwd: workingDirectory,
        env: { ...this.#positional(), PWD: workingDirectory },
        signal,
      });
      if (signal.aborted) {
        return INTERRUPTED;
      }
      this.environment = { ...result.env, USER: environment['USER'] ?? user };
      // What the devices did not take: output of functions and of what the interpreter itself says.
      if (result.stdout !== '') {
        this.#output.stdout(result.stdout);
      }
      if (result.stderr !== '') {
        this.#complain(result.stderr, 0);
      }
      return result.exitCode;
    } catch (error) {
      if (signal.aborted) {
        return INTERRUPTED;
      }
      this.#complain(`bash: ${error instanceof Error ? error.message : String(error)}\n`, 0);
      return 1;
    }
  }

  #createBash(): Bash {
    const bash = new Bash({
      fs: this.#files,
      env: { ...this.#options.environment },
      cwd: this.#options.workingDirectory,
      commands: LIBRARY_TOOLS,
      customCommands: this.#commands(),
      // The library guards against scripts of strangers by changing this process's globals; here the user is at home.
      defenseInDepth: false,
      processInfo: this.#parts.jobs.processInfo(this.#options.user),
      executionLimits: {
        maxExecutionTimeMs: LONGEST_MS,
        maxCommandCount: MANY,
        maxLoopIterations: MANY,
        maxWorkUnits: MANY,
      },
    });
    bash.registerTransformPlugin({
      name: 'foreground',
      transform: ({ ast }) => {
        const isOuter = this.#isOuter;
        this.#isOuter = false;
        const facts = {
          programs: this.#parts.resolver.names,
          hasInput: this.#options.input !== undefined,
          leaves: this.#options.onLeave !== undefined,
        };
        return { ast: isOuter ? toForeground(ast, facts) : toGuarded(ast) };
      },
    });
    return bash;
  }

  #commands(): CustomCommand[] {
    const names = this.#parts.resolver.names;
    const programs = [...names].map((name) =>
      defineCommand(name, (args, context) => this.#captured([`/usr/bin/${name}`, ...args], context)),
    );
    const { run, pipe, background, mayWrite, native, leave } = HIDDEN;
    return [
      ...programs,
      defineCommand(run, ([routes = 'oe', ...words], context) => this.#runDirect(routes, words, context)),
      defineCommand(leave, (_args, context) => Promise.resolve(this.#leave(context))),
      defineCommand(native, (words, context) => this.#captured(words, context)),
      defineCommand(pipe, ([routes = 'oe', filters = '{}', ...words], context) =>
        this.#runPiped({ routes, filters, words }, context),
      ),
      defineCommand(background, ([script = ''], context) => this.#runInBackground(script, context)),
      defineCommand(mayWrite, (paths, context) => this.#mayWrite(paths, context)),
      ...shellCommands({
        traps: this.#traps,
        jobs: this.#parts.jobs,
        signal: this.#options.signal,
        signals: (run) => this.#outsideHold(run),
      }),
    ];
  }

  async #runDirect(routes: string, words: readonly string[], context: ResolvedCommandContext): Promise<Result> {
    const output = routed(this.#output, routes.charAt(0) as Route, routes.charAt(1) as Route); // written by foreground.ts
    return { ...NOTHING, exitCode: await this.#dispatch(words, context, { output, isDirect: true }) };
  }

  async #runPiped(
    what: { routes: string; filters: string; words: readonly string[] },
    context: ResolvedCommandContext,
  ): Promise<Result> {
    const { environment, workingDirectory } = surroundingsOf(context);
    const code = await pipeThrough(what, {
      output: this.#output,
      signal: this.#options.signal,
      start: (output, signal) => this.#dispatch(what.words, context, { output, isDirect: true, signal }),
      filter: async (text, stdin, output) => {
        const input = Input.of(stdin);
        const options = { ...this.#options, environment, workingDirectory, input, signal: this.#options.signal };
        return await new Execution(this.#parts, options, output).run(text);
      },
    });
    return { ...NOTHING, exitCode: code };
  }

  async #captured(words: readonly string[], context: ResolvedCommandContext): Promise<Result> {
    const output = new CollectedOutput();
    const exitCode = await this.#dispatch(words, context, { output, isDirect: false });
    const stdout = output.bytes.toString('latin1');
    return { stdout, stdoutKind: 'bytes', stderr: output.errors, exitCode };
  }

  /** Runs whatever a command name means, its output as it comes. */
  async #dispatch(
    [name = '', ...args]: readonly string[],
    context: ResolvedCommandContext,
    how: { output: Output; isDirect: boolean; signal?: AbortSignal },
  ): Promise<number> {
    const { environment, workingDirectory } = surroundingsOf(context);
    const found = this.#parts.resolver.resolve(name, { path: environment['PATH'] ?? '', workingDirectory });
    switch (found.kind) {
      case 'program':
        return await this.#runProgram(found.program, args, context, how);
      case 'script': {
        const options = { environment, workingDirectory, name, parameters: args };
        return await this.#nest(found.text, { options, stdin: context.stdin }, how);
      }
      case 'tool': {
        const result = await context.exec?.(quoteAll([found.name, ...args]), {
          cwd: workingDirectory,
          env: environment,
        });
        how.output.stdout(result?.stdout ?? '');
        how.output.stderr(result?.stderr ?? '');
        return result?.exitCode ?? 1;
      }
      case 'binary':
        this.#say(how.output, `bash: ${name}: cannot execute binary file: Exec format error\n`);
        return 126;
      case 'denied':
        this.#say(how.output, `bash: ${name}: Permission denied\n`);
        return 126;
      case 'directory':
        this.#say(how.output, `bash: ${name}: Is a directory\n`);
        return 126;
      case 'absent':
        this.#say(how.output, notFoundMessage(name));
        return 127;
    }
  }

  async #runProgram(
    program: Program,
    args: readonly string[],
    context: ResolvedCommandContext,
    how: { output: Output; isDirect: boolean; signal?: AbortSignal },
  ): Promise<number> {
    const { environment, workingDirectory } = surroundingsOf(context);
    const piped = Buffer.from(latin1FromBytes(context.stdin), 'latin1');
    const isSession = piped.length === 0 && how.isDirect && this.#options.input !== undefined;
    const input = isSession ? (this.#options.input ?? Input.of('')) : Input.of(piped);
    const signal = how.signal ?? this.#options.signal;
    const { terminal } = this.#options;
    const { output } = how;
    const programContext: ProgramContext = {
      host: this.#parts.host,
      args,
      stdin: piped.toString('utf8'),
      environment,
      workingDirectory,
      user: this.#options.user,
      isTerminal: how.isDirect && terminal !== undefined,
      signal,
      timeline: this.#parts.kernel.timeline,
      stdout: (text) => output.stdout(text),
      stderr: (text) => output.stderr(text),
      run: async (script, options) => {
        const collected = new CollectedOutput();
        const exitCode = await this.#nest(
          script,
          { options: { environment, workingDirectory, ...options } },
          { output: collected, isDirect: false, signal },
        );
        return { stdout: collected.text, stderr: collected.errors, exitCode };
      },
      session: {
        start: (command, options = {}) => {
          const script = typeof command === 'string' ? command : quoteAll(command);
          return this.#nest(
            script,
            { options: { environment, workingDirectory, ...options }, input },
            { ...how, signal },
          );
        },
        readStdin: async () => (await input.readAll(signal)).toString('utf8'),
        readSome: () => input.readSome(signal),
        readLine: async () => (await input.readLine(signal))?.toString('utf8'),
        stdoutBytes: (bytes) => sendBytes(output, bytes),
        ...(how.isDirect && terminal !== undefined ? { terminal } : {}),
      },
    };
    return await this.#outsideHold(async () => {
      try {
        return await program.run(programContext);
      } catch (error) {
        if (signal.aborted) {
          return INTERRUPTED;
        }
        output.stderr(`${program.name}: ${error instanceof Error ? error.message : String(error)}\n`);
        return 1;
      }
    });
  }

  /** Another script in this session: `bash -c`, a script's file, `sudo`. */
  async #nest(
    script: string,
    what: { options: StartOptions; stdin?: ResolvedCommandContext['stdin']; input?: Input },
    how: { output: Output; isDirect: boolean; signal?: AbortSignal },
  ): Promise<number> {
    const { options } = what;
    const piped = what.stdin === undefined ? '' : latin1FromBytes(what.stdin);
    const given = options.stdin ?? (piped === '' ? undefined : Buffer.from(piped, 'latin1'));
    const input = given === undefined ? (what.input ?? this.#options.input) : Input.of(given);
    const { terminal } = this.#options;
    const own = options.isDetached === true ? this.#parts.host.power : (how.signal ?? this.#options.signal);
    const followed = follow(options.signal === undefined ? [own] : [own, options.signal]);
    const nested: ExecutionOptions = {
      user: options.user ?? this.#options.user,
      environment: options.environment ?? this.#options.environment,
      workingDirectory: options.workingDirectory ?? this.#options.workingDirectory,
      signal: followed.signal,
      speaker:
        options.name === undefined ? { name: 'bash', namesLines: false } : { name: options.name, namesLines: true },
      isCommandText: options.name === undefined,
      ...(input === undefined ? {} : { input }),
      ...(how.isDirect && terminal !== undefined ? { terminal } : {}),
      ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
    };
    try {
      return await this.#outsideHold(() => new Execution(this.#parts, nested, how.output).run(script));
    } finally {
      followed.release();
    }
  }

  #runInBackground(script: string, context: ResolvedCommandContext): Promise<Result> {
    const { environment, workingDirectory } = surroundingsOf(context);
    const { jobs } = this.#parts;
    const job = jobs.start(script, (signal) => {
      const { terminal, input: _input, ...rest } = this.#options;
      const options = {
        ...rest,
        environment,
        workingDirectory,
        signal,
        ...(terminal === undefined ? {} : { terminal }),
      };
      return new Execution(this.#parts, options, this.#output).run(script);
    });
    return Promise.resolve({
      ...NOTHING,
      stderr: this.#options.terminal === undefined ? '' : `[${job.number}] ${job.pid}\n`,
    });
  }

  /** The status before stays what `exit` without a number gives back. */
  #leave(context: ResolvedCommandContext): Result {
    this.#options.onLeave?.();
    return { ...NOTHING, exitCode: Number(context.env.get('?') ?? 0) };
  }

  async #mayWrite(paths: readonly string[], context: ResolvedCommandContext): Promise<Result> {
    const { host, kernel } = this.#parts;
    for (const path of paths) {
      const problem = path.startsWith('/dev/tcp/')
        ? await this.#outsideHold(() => connectTo({ host, kernel, path, signal: this.#options.signal }))
        : this.#whyNotWrite(this.#files.resolvePath(context.cwd, path));
      if (problem !== undefined) {
        const connecting = path.startsWith('/dev/tcp/') ? `bash: connect: ${problem}\n` : '';
        return { ...NOTHING, stderr: `${connecting}bash: ${path}: ${problem}\n`, exitCode: 1 };
      }
    }
    return NOTHING;
  }

  #whyNotWrite(path: string): string | undefined {
    if (this.#device(path) !== undefined) {
      return undefined;
    }
    const found = this.#permissions.kindAt(path);
    if (found === 'directory') {
      return 'Is a directory';
    }
    if (found === 'unreachable') {
      return 'No such file or directory';
    }
    return this.#permissions.mayWrite(path) ? undefined : 'Permission denied';
  }

  #device(path: string): Device | undefined {
    if (!path.startsWith('/dev/')) {
      return undefined;
    }
    const { input, signal } = this.#options;
    if (path === DEVICES.out) {
      return { write: (bytes) => this.#write(bytes) };
    }
    if (path.startsWith(DEVICES.err)) {
      return { write: (bytes) => this.#complain(bytes.toString('utf8'), Number(path.slice(DEVICES.err.length))) };
    }
    if (path === DEVICES.line) {
      return { read: async () => (await input?.readLine(signal)) ?? Buffer.alloc(0) };
    }
    if (path === DEVICES.input || path === '/dev/stdin' || path === '/dev/fd/0' || path === '/proc/self/fd/0') {
      return { read: async () => (await input?.readAll(signal)) ?? Buffer.alloc(0) };
    }
    if (path === '/dev/tty' && this.#options.terminal !== undefined) {
      return { write: (bytes) => this.#write(bytes) };
    }
    if (path.startsWith('/dev/tcp/')) {
      return this.#connection(path);
    }
    return undefined;
  }

  #connection(path: string): Device {
    const { host, kernel } = this.#parts;
    const { signal } = this.#options;
    return {
      // Opening connects, and that is what scripts use it for; what is sent is not answered.
      read: async () => {
        const reason = await this.#outsideHold(() => connectTo({ host, kernel, path, signal }));
        if (reason !== undefined) {
          this.#connectionErrors.set(path, reason);
          throw new Error(reason);
        }
        return Buffer.alloc(0);
      },
    };
  }

  #write(bytes: Buffer): void {
    sendBytes(this.#output, bytes);
  }

  #say(output: Output, text: string): void {
    output.stderr(this.#inBashWords(text, 0));
  }

  #complain(text: string, line: number): void {
    this.#output.stderr(this.#inBashWords(text, line));
  }

  #inBashWords(text: string, line: number): string {
    const { speaker } = this.#options;
    return inBashWords(text, {
      speaker,
      line,
      isDenied: (path) => this.#files.denials.has(this.#files.resolvePath(this.#options.workingDirectory, path)),
      connectionError: (path) => this.#connectionErrors.get(path),
    });
  }

  /** What the interpreter is to read when it takes a native program for a script. */
  #scriptFor(path: string): string | undefined {
    if (path.startsWith('/dev/') || path.startsWith('/proc/')) {
      return undefined;
    }
    const found = this.#parts.resolver.at(path);
    if (found.kind === 'program' || found.kind === 'binary') {
      return `${HIDDEN.native} '${path}' "$@"\n`;
    }
    return found.kind === 'tool' ? `/usr/bin/${found.name} "$@"\n` : undefined;
  }

  #problemOf(script: string): string | undefined {
    try {
      parse(script);
      return undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return syntaxError(message, script, this.#options.speaker, this.#options.isCommandText);
    }
  }

  #positional(): Record<string, string> {
    const { parameters = [], speaker } = this.#options;
    const numbered = Object.fromEntries(parameters.map((value, index) => [String(index + 1), value]));
    const all = parameters.join(' ');
    return { '0': speaker.name, '#': String(parameters.length), '@': all, '*': all, ...numbered };
  }

  /** While the interpreter works time must not jump; while a program waits it may. */
  async #outsideHold<T>(run: () => Promise<T>): Promise<T> {
    this.#programsRunning += 1;
    this.#letGo();
    try {
      return await run();
    } finally {
      this.#programsRunning -= 1;
      if (this.#programsRunning === 0) {
        this.#hold();
      }
    }
  }

  #hold(): void {
    this.#release ??= this.#parts.kernel.timeline.hold();
  }

  #letGo(): void {
    this.#release?.();
    this.#release = undefined;
  }
}

interface Result {
  stdout: string;
  stderr: string;
  exitCode: number;
  stdoutKind?: 'text' | 'bytes';
}

const NOTHING: Result = { stdout: '', stderr: '', exitCode: 0 };

function surroundingsOf(context: ResolvedCommandContext): {
  environment: Readonly<Record<string, string>>;
  workingDirectory: string;
} {
  const exported = context.exportedEnv ?? Object.fromEntries(context.env);
  const environment = Object.fromEntries(Object.entries(exported).filter(([name]) => /^[A-Za-z_]/.test(name)));
  return { environment, workingDirectory: context.cwd };
}
