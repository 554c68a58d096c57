import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RunResult } from '../support';

const FALLBACK_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin'];
/** Where programs are looked for, in that order. */
export const PATH_FOLDERS = [...(process.env['PATH'] ?? '').split(path.delimiter), ...FALLBACK_FOLDERS];

/** Where a program lies on this machine's PATH. */
export function programPath(name: string): string | undefined {
  return PATH_FOLDERS.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

/** What every machine that builds this has (`.ci/run` installs it): elsewhere its tests are skipped, in CI they fail without it. */
export function skipWithoutPackage(program: string): string | false {
  const isRequired = process.env['CI'] !== undefined;
  return programPath(program) !== undefined || isRequired ? false : `${program} is not installed`;
}

/** What only some machines have. */
export function skipWithout(program: string): string | false {
  return programPath(program) === undefined ? `${program} is not on the PATH` : false;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly workingDirectory?: string;
}

/** Takes this process's variables of these names from a program's environment. */
export function withoutVariables(names: RegExp): Record<string, undefined> {
  return Object.fromEntries(Object.keys(process.env).flatMap((name) => (names.test(name) ? [[name, undefined]] : [])));
}

/** Nobody listens there. Go's programs ask a proxy for every address but the loopback's, so nothing reaches the real API. */
const NOWHERE = 'http://127.0.0.1:9';
export const ONLY_LOOPBACK = {
  ...{ HTTP_PROXY: NOWHERE, HTTPS_PROXY: NOWHERE, http_proxy: NOWHERE, https_proxy: NOWHERE },
  ...{ NO_PROXY: undefined, no_proxy: undefined },
};

export function start(program: string, args: readonly string[], options: RunOptions = {}): ChildProcess {
  const settings: SpawnOptions = {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
    ...(options.workingDirectory !== undefined && { cwd: options.workingDirectory }),
  };
  const child = spawn(programPath(program) ?? program, args, settings);
  child.stdin?.on('error', () => undefined); // It may end without having read.
  return child;
}

/** Runs a program to its end. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = start(program, args, options);
  const talk = new Talk(child);
  child.stdin?.end(options.input ?? '');
  const code = await talk.ended;
  return { code, stdout: talk.stdout, stderr: talk.stderr };
}

/** What a running program says, and when. */
export class Talk {
  stdout = '';
  stderr = '';
  readonly ended: Promise<number | null>;
  #look: () => void = () => undefined;

  constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += String(chunk);
      this.#look();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += String(chunk);
      this.#look();
    });
    this.ended = once(child, 'close').then(() => child.exitCode);
  }

  /** Resolves when it has said something like this; rejects when it ends without. */
  async until(wanted: RegExp): Promise<void> {
    const isThere = (): boolean => wanted.test(this.stdout) || wanted.test(this.stderr);
    const said = new Promise<void>((resolve) => {
      this.#look = () => isThere() && resolve();
      this.#look();
    });
    await Promise.race([
      said,
      this.ended.then((code) => {
        if (!isThere()) throw new Error(`It ended with ${code} before ${wanted}: ${this.stdout}${this.stderr}`);
      }),
    ]);
  }

  write(text: string): void {
    this.child.stdin?.write(text);
  }
}
