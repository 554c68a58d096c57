import { Bash, defineCommand, parse } from 'just-bash';
import type { CustomCommand, ResolvedCommandContext } from 'just-bash';
import { insideOf } from '../host/inside';
import { BUILTIN_NAMES, shellCommands } from './builtins';
import { CommandRunner, variablesText } from './commandRunner';
import { COMMAND_WORDS, ERROR_ACTION, ERROR_STATUS, HIDDEN, isHidden, STREAMING } from './devices';
import type { CommandResult, ExecutionOptions, ExecutionParts, RunScript } from './executionTypes';
import { INTERRUPTED, NOTHING, surroundingsOf, TERMINATED } from './executionTypes';
import { toForeground, toGuarded } from './foreground';
import { libraryFixes } from './libraryFixes';
import { inBashWords, syntaxError } from './messages';
import type { Output } from './output';
import { Permissions } from './permissions';
import { quoteAll } from './quote';
import { SessionDevices } from './sessionDevices';
import { SessionFiles } from './sessionFiles';
import { selectCommands, withSelect } from './select';
import { Stopwatch } from './stopwatch';
import { copyAll, copyToFile, sendZeros } from './copying';
import { TimeHold } from './timeHold';
import { LIBRARY_TOOLS } from './tools/tools';
import type { Mask } from './umask';
import { DEFAULT_MASK } from './umask';

/** The library must not end a follow that runs for days, nor keep a timer for it that outlives the node. */
const NO_DEADLINE = Infinity;
const MANY = 1_000_000_000;
/** The engine's own limit is half a gibibyte. */
const LONGEST_TEXT = 500_000_000;

/** Runs a script in one user's shell. */
export const runScript: RunScript = (script, options, output) => new Execution(options, output).run(script);

/** One script in one user's shell. */
export class Execution {
  /** What the script left behind; a terminal's next line begins with it. */
  environment: Readonly<Record<string, string>>;
  readonly #parts: ExecutionParts;
  readonly #options: ExecutionOptions;
  readonly #output: Output;
  readonly #permissions: Permissions;
  readonly #devices: SessionDevices;
  readonly #files: SessionFiles;
  readonly #runner: CommandRunner;
  readonly #traps: Map<string, string>;
  /** The script's variables for its traps, as they were at its last command: after an abort the interpreter gives none. */
  #trapContext: Pick<ResolvedCommandContext, 'env' | 'exportedEnv' | 'cwd'> | undefined;
  readonly #mask: Mask;
  readonly #hold: TimeHold;
  readonly #stopwatch: Stopwatch;
  #isOuter = true;

  constructor(options: ExecutionOptions, output: Output) {
    const { parts } = options;
    this.#parts = parts;
    this.#options = options;
    this.#output = output;
    this.#traps = options.traps ?? new Map<string, string>();
    this.environment = options.environment;
    const { host, kernel } = parts;
    this.#hold = new TimeHold(kernel.timeline);
    this.#stopwatch = new Stopwatch(kernel.timeline);
    this.#permissions = new Permissions(host, options.user);
    this.#mask = options.mask ?? { value: DEFAULT_MASK };
    this.#devices = new SessionDevices({
      ...{ host, kernel, options, output, hold: this.#hold },
      complain: (text, line) => this.#complain(output, text, line),
    });
    this.#files = new SessionFiles({
      files: insideOf(host).files,
      permissions: this.#permissions,
      mask: this.#mask,
      device: (path) => this.#devices.find(path),
      scriptFor: (path) => this.#scriptFor(path),
      isCommand: (name) => isHidden(name) || BUILTIN_NAMES.has(name),
    });
    this.#runner = new CommandRunner({
      ...{ execution: parts, output, hold: this.#hold, runScript },
      options: { ...options, mask: this.#mask },
      complain: (target, text, line) => this.#complain(target, text, line),
    });
  }

  /** Resolves with the exit code; never rejects. */
  async run(given: string): Promise<number> {
    const script = withSelect(given);
    const { signal } = this.#options;
    if (signal.aborted) {
      return INTERRUPTED;
    }
    const problem = this.#problemOf(script);
    if (problem !== undefined) {
      this.#output.stderr(problem);
      return problem.includes('-c: ') ? 1 : 2;
    }
    this.#hold.begin();
    try {
      const code = await this.#interpret(script);
      if (this.#options.traps !== undefined) {
        return code;
      }
      if (isOver(signal)) {
        return await this.#obeySignal(signal);
      }
      const farewell = this.#traps.get('EXIT') ?? this.#traps.get('0');
      if (farewell !== undefined) {
        this.#traps.clear();
        this.#isOuter = true;
        await this.#interpret(`${HIDDEN.status} ${code}\n${farewell}`, {
          // After `exit` the interpreter gives none of the script's own.
          ...variablesIn(Object.fromEntries(this.#trapContext?.env ?? [])),
          ...variablesIn(this.environment),
        });
      }
      return code;
    } finally {
      this.#hold.end();
    }
  }

  /** A signal ended the script: what `trap` said of it, and of the end, is run with the script's variables. */
  async #obeySignal(signal: AbortSignal): Promise<number> {
    const { host } = this.#parts;
    const name = typeof signal.reason === 'string' ? signal.reason : 'INT';
    const [action, farewell] = [this.#traps.get(name), this.#traps.get('EXIT')];
    if (host.power.aborted || this.#trapContext === undefined || (action ?? farewell) === undefined) {
      return INTERRUPTED;
    }
    if (action !== undefined) {
      this.#options.onTrapped?.();
    }
    const status = name === 'TERM' ? TERMINATED : INTERRUPTED;
    const atEnd = farewell === undefined ? '' : `trap ${quoteAll([farewell])} EXIT\n`;
    const script = `${variablesText(this.#trapContext)}${atEnd}${action ?? ''}\nexit ${status}\n`;
    const { environment } = surroundingsOf(this.#trapContext);
    return await new Execution({ ...this.#options, environment, signal: host.power }, this.#output).run(script);
  }

  #noteVariables({ env, exportedEnv = {}, cwd }: ResolvedCommandContext): void {
    this.#trapContext = { env: new Map(env), exportedEnv: { ...exportedEnv }, cwd };
  }

  async #interpret(script: string, environment = this.#options.environment): Promise<number> {
    const { workingDirectory, signal, user } = this.#options;
    const bash = this.#createBash(environment);
    try {
      const result = await bash.exec(script, {
        rawScript: true,
        cwd: workingDirectory,
        env: { ...this.#positional(), PWD: workingDirectory },
        signal,
      });
      if (isOver(signal)) {
        return INTERRUPTED;
      }
      this.environment = { ...result.env, USER: environment['USER'] ?? user };
      // What the devices did not take: output of functions and of what the interpreter itself says.
      if (result.stdout !== '') {
        this.#output.stdout(result.stdout);
      }
      if (result.stderr !== '') {
        this.#complain(this.#output, result.stderr, 0);
      }
      return result.exitCode;
    } catch (error) {
      if (isOver(signal)) {
        return INTERRUPTED;
      }
      this.#complain(this.#output, `bash: ${error instanceof Error ? error.message : String(error)}\n`, 0);
      return 1;
    }
  }

  #createBash(environment: Readonly<Record<string, string>>): Bash {
    const { resolver, jobs } = this.#parts;
    const { workingDirectory, user, input, onLeave, terminal } = this.#options;
    const bash = new Bash({
      fs: this.#files,
      env: { ...environment },
      cwd: workingDirectory,
      commands: LIBRARY_TOOLS,
      customCommands: this.#commands(),
      // The library guards against scripts of strangers by changing this process's globals; here the user is at home.
      defenseInDepth: false,
      processInfo: jobs.processInfo(user),
      executionLimits: {
        maxExecutionTimeMs: NO_DEADLINE,
        maxCommandCount: MANY,
        maxLoopIterations: MANY,
        maxWorkUnits: MANY,
        maxInputBytes: MANY,
        maxLiveBytes: MANY,
        maxOutputSize: MANY,
        maxStringLength: LONGEST_TEXT,
      },
    });
    bash.registerTransformPlugin({
      name: 'foreground',
      transform: ({ ast }) => {
        const isOuter = this.#isOuter;
        this.#isOuter = false;
        const facts = {
          programs: resolver.names,
          aliases: aliasesIn(environment),
          hasInput: input !== undefined,
          leaves: onLeave !== undefined,
          isTerminal: terminal !== undefined,
          hasErrorTrap: this.#traps.has('ERR'),
        };
        return { ast: isOuter ? toForeground(ast, facts) : toGuarded(ast) };
      },
    });
    return bash;
  }

  #commands(): CustomCommand[] {
    const { host, kernel } = this.#parts;
    const runner = this.#runner;
    const programs = [...this.#parts.resolver.names].map((name) =>
      defineCommand(name, (args, context) => runner.captured([`/usr/bin/${name}`, ...args], context)),
    );
    return [
      ...programs,
      ...libraryFixes({
        now: () => kernel.timeline.now() + (host.clockOffsetMs ?? 0),
        ownerOf: (path) => this.#permissions.ownerOf(path, false),
      }),
      defineCommand(HIDDEN.run, ([routes = '', ...words], context) => {
        if (this.#traps.size > 0) {
          this.#noteVariables(context);
        }
        return runner.direct(routes, words, context);
      }),
      defineCommand(HIDDEN.pipe, ([routes = '', filters = '{}', ...words], context) =>
        runner.piped({ routes, filters, words }, context),
      ),
      defineCommand(HIDDEN.feed, (words, context) => runner.captured(words, context, true)),
      defineCommand(HIDDEN.native, (words, context) => runner.captured(words, context)),
      defineCommand(HIDDEN.background, ([script = ''], context) => runner.inBackground(script, context)),
      defineCommand(HIDDEN.copy, (words, context) => this.#copy(words, context)),
      defineCommand(HIDDEN.endless, ([bytes, routes = '']) =>
        runner.streamed(routes, (output, signal) => sendZeros(Number(bytes), output, signal)),
      ),
      defineCommand(HIDDEN.mayWrite, (paths, context) => this.#mayWrite(paths, context)),
      defineCommand(HIDDEN.clock, ([verb], context) => Promise.resolve(this.#stopwatch.press(verb, statusIn(context)))),
      defineCommand(HIDDEN.onError, ([code = '1'], context) => this.#meetError(code, context)),
      ...selectCommands(),
      defineCommand(HIDDEN.words, (words, context) => this.#leaveWords(words, context)),
      defineCommand(HIDDEN.status, ([code]) => Promise.resolve({ ...NOTHING, exitCode: Number(code) })),
      defineCommand(HIDDEN.keep, (_args, context) => {
        this.#options.onEnd?.(statusIn(context));
        return Promise.resolve(NOTHING);
      }),
      defineCommand(HIDDEN.leave, (_args, context) => Promise.resolve(this.#leave(context))),
      ...shellCommands({
        onTrap: (context) => this.#noteVariables(context),
        history: this.#options.history,
        traps: this.#traps,
        mask: this.#mask,
        jobs: this.#parts.jobs,
        waiting: (run) => this.#hold.outside(run),
      }),
    ];
  }

  #copy(
    [routes = '', operator, target = '', ...words]: readonly string[],
    context: ResolvedCommandContext,
  ): Promise<CommandResult> {
    const { input, signal } = this.#options;
    const facts = {
      ...{ files: this.#files, visible: context.fs, input, workingDirectory: context.cwd, signal },
      isDevice: (path: string) => path.startsWith('/dev/fd/') || this.#devices.find(path) !== undefined,
    };
    const path = this.#files.resolvePath(context.cwd, target);
    return this.#runner.streamed(routes, async (output) =>
      operator === '-'
        ? await copyAll(words, output, facts)
        : await copyToFile(words, { path, isAdded: operator === '>>' }, output, facts),
    );
  }

  /** A command failed: what the trap says is run by `eval`, with the status before it. */
  async #meetError(code: string, context: ResolvedCommandContext): Promise<CommandResult> {
    await context.assignShellVariable?.(ERROR_ACTION, this.#traps.get('ERR') ?? '');
    await context.assignShellVariable?.(ERROR_STATUS, code);
    return { ...NOTHING, exitCode: Number(code) };
  }

  /** What `eval` is to run for words that came out of variables; programs of the node in the foreground stream. */
  async #leaveWords(
    [flags = '', ...words]: readonly string[],
    context: ResolvedCommandContext,
  ): Promise<CommandResult> {
    const [name = ''] = words;
    const isProgram = flags.startsWith('o') && this.#parts.resolver.names.has(name);
    const command = isProgram ? quoteAll([HIDDEN.run, flags, ...words]) : quoteAll(words);
    await context.assignShellVariable?.(COMMAND_WORDS, command);
    return NOTHING;
  }

  /** The status before stays what `exit` without a number gives back. */
  #leave(context: ResolvedCommandContext): CommandResult {
    this.#options.onLeave?.();
    return { ...NOTHING, exitCode: statusIn(context) };
  }

  async #mayWrite(paths: readonly string[], context: ResolvedCommandContext): Promise<CommandResult> {
    for (const path of paths) {
      const isConnection = path.startsWith('/dev/tcp/');
      const problem = isConnection
        ? await this.#devices.connect(path)
        : this.#whyNotWrite(this.#files.resolvePath(context.cwd, path));
      if (problem !== undefined) {
        const connecting = isConnection ? `bash: connect: ${problem}\n` : '';
        return { ...NOTHING, stderr: `${connecting}bash: ${path}: ${problem}\n`, exitCode: 1 };
      }
    }
    return NOTHING;
  }

  #whyNotWrite(path: string): string | undefined {
    if (this.#devices.find(path) !== undefined) {
      return undefined;
    }
    switch (this.#permissions.kindAt(path)) {
      case 'directory':
        return 'Is a directory';
      case 'unreachable':
        return 'No such file or directory';
      case 'absent':
      case 'file':
        return this.#permissions.mayWrite(path) ? undefined : 'Permission denied';
    }
  }

  #complain(output: Output, text: string, line: number): void {
    const { speaker, workingDirectory } = this.#options;
    const words = inBashWords(text.replaceAll(STREAMING, ''), {
      speaker,
      line,
      isDenied: (path) => this.#files.denials.has(this.#files.resolvePath(workingDirectory, path)),
      connectionError: (path) => this.#devices.connectionErrors.get(path),
    });
    output.stderr(words);
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
}

/** Asked again after an await: the compiler would remember the first answer. */
const isOver = (signal: AbortSignal): boolean => signal.aborted;

const variablesIn = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => /^[A-Za-z_]\w*$/.test(name)));

/** The library keeps an alias in a variable. */
const aliasesIn = (environment: Readonly<Record<string, string>>): string[] =>
  Object.keys(environment).flatMap((name) => (name.startsWith(ALIAS) ? [name.slice(ALIAS.length)] : []));

const ALIAS = 'BASH_ALIAS_';

const statusIn = (context: ResolvedCommandContext): number => Number(context.env.get('?') ?? 0);
