import type { Host, RunOptions, RunResult, Timeline } from '../kernel';
import type { Shell } from '../shell/shell';

/** A program of ours on the nodes' PATH. Output is written as it comes, so that following commands stream. */
export interface Program {
  readonly name: string;
  /** Where it lies, such as `/usr/bin` or, for what user data installs, `/opt/bin`: absent there means not installed. */
  readonly directory: string;
  run(context: ProgramContext): Promise<number>;
}

export interface ProgramContext {
  readonly host: Host;
  readonly args: readonly string[];
  readonly stdin: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly user: 'core' | 'root';
  readonly isTerminal: boolean;
  /** Ctrl-C, hang-up or power-off. */
  readonly signal: AbortSignal;
  readonly timeline: Timeline;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Runs another command line in the same session's language, as `sh -c` would. */
  run(script: string, options?: RunOptions): Promise<RunResult>;
  /** What the shell gives in addition: output of what is started streams, standard input is read only when asked for. */
  readonly session?: ProgramSession;
}

/** A program's way into the session that started it. */
export interface ProgramSession {
  /** Runs a script, or one program with its arguments, with this program's streams; resolves with the exit code. */
  start(command: string | readonly string[], options?: StartOptions): Promise<number>;
  /** Runs a command in another shell, of a container, with this program's streams as far as they are wanted. */
  startIn(shell: Shell, command: string, options: ElsewhereOptions): Promise<number>;
  /** All of standard input; waits for its end, unlike `stdin`, which has only what was piped in. */
  readStdin(): Promise<string>;
  /** Standard input as it comes; undefined at its end. Rejects when the program's signal or the given one aborts. */
  readSome(signal?: AbortSignal): Promise<Uint8Array | undefined>;
  readLine(): Promise<string | undefined>;
  /** Output that is no text. */
  stdoutBytes(bytes: Uint8Array): void;
  /** Resolves when the reader takes more; whoever writes very much waits for it. */
  drained(): Promise<void>;
  /** Ends a job of the shell by its number (`%1`) or pid, or the shell itself; false when it has no such job. */
  endJob(id: string, signalName?: string): boolean;
  readonly terminal?: Terminal;
  /** On a terminal: a shell of this program's user that takes the keyboard until it ends (`bash`, `su`). */
  openShell?(): Promise<number>;
}

export interface StartOptions extends RunOptions {
  readonly workingDirectory?: string;
  /** `$0` and the positional parameters of a script. */
  readonly name?: string;
  readonly parameters?: readonly string[];
  /** `name` is only `$0` of a command line (`bash -c text name`), no script whose lines are told. */
  readonly isCommandLine?: boolean;
  /** A hang-up does not end it (`nohup`). */
  readonly isDetached?: boolean;
}

export interface ElsewhereOptions extends StartOptions {
  readonly readsInput: boolean;
  readonly hasTerminal: boolean;
  /** Told what was said, besides. */
  readonly heard?: (text: string) => void;
}

/** A terminal's size now. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  readonly name: string;
  /** Set by full-screen programs: keys come at once and are not shown. */
  isRaw?: boolean;
  /** Besides: Escape, arrows and Ctrl-C are keys like others (an editor). */
  passesControls?: boolean;
}

/** A program of the image. /bin, /sbin and /usr/sbin are /usr/bin on CoreOS. */
export const program = (name: string, run: (context: ProgramContext) => number | Promise<number>): Program => ({
  name,
  directory: '/usr/bin',
  run: async (context) => await run(context),
});

/** For programs that only root may use: prints what they say to others. */
export function refuse(context: ProgramContext, message: string): number {
  context.stderr(`${message}\n`);
  return 1;
}
