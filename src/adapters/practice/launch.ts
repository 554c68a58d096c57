import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ClusterError } from '../../core/errors';
import { abortReason } from '../net/abort';
import { lastWords } from './lastWords';
import { findProcess, type ProcessFacts } from './processFile';

/** Real milliseconds between two looks for the process's file. */
const LOOK_MS = 20;

export interface LaunchOptions {
  /** `dist/practice/main.mjs`. */
  readonly main: string;
  readonly stateFolder: string;
  readonly token: string;
  readonly speed: number | 'max';
  readonly catalogue: string;
}

/**
 * Starts the practice process and waits until it can be used. It belongs to no window: detached, with its output in files
 * (a pipe would break when the window that started it closes), it ends by itself when nobody is attached any more.
 */
export async function launch(options: LaunchOptions, signal: AbortSignal): Promise<ProcessFacts> {
  const output = await open(path.join(options.stateFolder, 'stdout.log'), 'w', 0o600);
  const errors = await open(path.join(options.stateFolder, 'stderr.log'), 'w', 0o600);
  let child: ChildProcess;
  try {
    // The editor's own runtime: users of the practice cloud have no Node of their own.
    child = spawn(process.execPath, argumentsOf(options), {
      cwd: options.stateFolder,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', output.fd, errors.fd],
      env: { ...environment(), ELECTRON_RUN_AS_NODE: '1', DEIS_PRACTICE_TOKEN: options.token },
    });
  } finally {
    await output.close();
    await errors.close();
  }
  child.unref();
  const ended = once(child, 'exit').then(
    () => undefined,
    () => undefined,
  );
  return await waitForFile(child, { stateFolder: options.stateFolder, ended, signal });
}

interface Wait {
  readonly stateFolder: string;
  readonly ended: Promise<undefined>;
  readonly signal: AbortSignal;
}

async function waitForFile(child: ChildProcess, { stateFolder, ended, signal }: Wait): Promise<ProcessFacts> {
  let hasEnded = child.pid === undefined;
  void ended.then(() => (hasEnded = true));
  for (;;) {
    const facts = await findProcess(stateFolder);
    if (facts !== undefined && facts.pid === child.pid) {
      return facts;
    }
    if (hasEnded || child.exitCode !== null) {
      throw await cannotStart(stateFolder);
    }
    if (signal.aborted) {
      child.kill(); // Ours, and of no use to anybody: it has not come up.
      throw abortReason(signal);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function cannotStart(stateFolder: string): Promise<ClusterError> {
  const text = await readFile(path.join(stateFolder, 'stderr.log'), 'utf8').catch(() => '');
  return new ClusterError(`The practice cloud cannot start: ${lastWords(text) ?? 'it said nothing'}.`, {
    code: 'practiceUnavailable',
  });
}

function argumentsOf({ main, stateFolder, speed, catalogue }: LaunchOptions): string[] {
  return [main, '--state', stateFolder, '--speed', String(speed), '--catalogue', catalogue, '--until-unused'];
}

/** Ours, without what the editor put there for itself and what would make the runtime load other code. */
function environment(): NodeJS.ProcessEnv {
  const isForeign = (name: string): boolean => /^(VSCODE|ELECTRON)_|^NODE_OPTIONS$/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)));
}
