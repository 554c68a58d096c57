import type { ResolvedCommandContext } from 'just-bash';
import type { Host, Kernel } from '../kernel';
import type { Terminal } from '../programs/program';
import type { Input } from './input';
import type { Jobs } from './jobs';
import type { Speaker } from './messages';
import type { Output } from './output';
import type { User } from './permissions';
import type { Mask } from './umask';
import type { Resolver } from './resolve';

export interface ExecutionParts {
  readonly host: Host;
  readonly kernel: Kernel;
  readonly resolver: Resolver;
  readonly jobs: Jobs;
}

export interface ExecutionOptions {
  readonly parts: ExecutionParts;
  readonly user: User;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly signal: AbortSignal;
  readonly speaker: Speaker;
  /** `bash -c`: syntax errors say so. */
  readonly isCommandText: boolean;
  readonly input?: Input | undefined;
  readonly terminal?: Terminal | undefined;
  readonly parameters?: readonly string[] | undefined;
  /** Opens a shell on the session's terminal for a program that is one (`bash`, `sudo -i`). */
  readonly openShell?: OpenShell | undefined;
  /** A terminal's shell: told that the script ended it by `exit`. */
  readonly onLeave?: () => void;
  /** Of a terminal's shell, which keeps them from line to line and obeys EXIT itself. */
  readonly traps?: Map<string, string>;
  /** Of a terminal's shell, or what a script inherits; without it the usual one. */
  readonly mask?: Mask | undefined;
  /** What `history` shows; only a terminal's shell has one. */
  readonly history?: readonly string[];
  /** Told that a trap took the signal that would have ended the script. */
  readonly onTrapped?: () => void;
  /** Told the status at the end of the line, before what the shell itself adds to it. */
  readonly onEnd?: (status: number) => void;
  /** Given what the line left behind, as `declare -p` tells it. */
  readonly onState?: (text: string) => void;
}

export type OpenShell = (session: ExecutionOptions) => Promise<number>;

/** Runs a script to its end; resolves with the exit code, never rejects. */
export type RunScript = (script: string, options: ExecutionOptions, output: Output) => Promise<number>;

/** How a command is run: with the session's streams, or for a pipe. */
export interface Manner {
  readonly output: Output;
  readonly isDirect: boolean;
  /** Its output goes through filters: that is no terminal. */
  readonly isPiped?: boolean;
  readonly readsSession?: boolean;
  /** Of the script, for the shell's own complaints. */
  readonly line?: number;
  readonly signal?: AbortSignal;
}

/** Exit code of what SIGINT ended (bash: 128 + 2). */
export const INTERRUPTED = 130;

/** And SIGTERM (128 + 15). */
export const TERMINATED = 143;

export interface CommandResult {
  stdout: string;
  stderr: string;
  exitCode: number;
  stdoutKind?: 'text' | 'bytes';
}

export const NOTHING: CommandResult = { stdout: '', stderr: '', exitCode: 0 };

export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
}

/** What a command inherits: exported variables, without the shell's own parameters, and where it is. */
export function surroundingsOf(context: Pick<ResolvedCommandContext, 'env' | 'exportedEnv' | 'cwd'>): Surroundings {
  const exported = context.exportedEnv ?? Object.fromEntries(context.env);
  const environment = Object.fromEntries(Object.entries(exported).filter(([name]) => /^[A-Za-z_]/.test(name)));
  return { environment, workingDirectory: context.cwd };
}
