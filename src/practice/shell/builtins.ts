import type { CustomCommand } from 'just-bash';
import { defineCommand } from 'just-bash';
import { HIDDEN } from './devices';
import type { Jobs } from './jobs';

interface Parts {
  readonly traps: Map<string, string>;
  readonly jobs: Jobs;
  /** Time may go on while `run` waits. */
  readonly waiting: <T>(run: () => Promise<T>) => Promise<T>;
}

interface Result {
  stdout: string;
  stderr: string;
  exitCode: number;
}

const done = (stdout = '', exitCode = 0, stderr = ''): Promise<Result> => Promise.resolve({ stdout, stderr, exitCode });

/** Builtins of bash that the library lacks. */
export function shellCommands(parts: Parts): CustomCommand[] {
  return [
    defineCommand('trap', (args) => setTrap(args, parts.traps)),
    defineCommand('umask', (args) => done(args.length === 0 ? '0022\n' : '')),
    defineCommand('ulimit', (args) => done(args.length < 2 ? (args[0] === '-n' ? '1024\n' : 'unlimited\n') : '')),
    defineCommand('jobs', () => listJobs(parts.jobs)),
    // The library's own `wait` knows no jobs; scripts are rewritten to ask this one.
    defineCommand(HIDDEN.wait, (args) => waitFor(args, parts)),
    defineCommand('disown', () => done()),
    defineCommand('fg', (args) => toForegroundJob(args, parts)),
    defineCommand('bg', () => done('', 1, 'bash: bg: no current jobs\n')),
    defineCommand('times', () => done('0m0.004s 0m0.008s\n0m0.000s 0m0.000s\n')),
  ];
}

/** Names that are builtins here though the file system has no such command. */
export const BUILTIN_NAMES: ReadonlySet<string> = new Set([
  'trap',
  'umask',
  'ulimit',
  'jobs',
  'disown',
  'fg',
  'bg',
  'times',
  'alias',
  'unalias',
]);

function setTrap(args: readonly string[], traps: Map<string, string>): Promise<Result> {
  if (args.length === 0 || args[0] === '-p') {
    return done([...traps].map(([name, action]) => `trap -- '${action}' ${name}\n`).join(''));
  }
  const [action = '', ...names] = args[0] === '--' ? args.slice(1) : args;
  for (const name of names.map((one) => one.replace(/^SIG/, ''))) {
    if (action === '-') {
      traps.delete(name);
    } else {
      traps.set(name, action);
    }
  }
  return done();
}

function listJobs(jobs: Jobs): Promise<Result> {
  const rows = jobs.all.map(({ number, command, exitCode }, index, { length }) => {
    const mark = index === length - 1 ? '+' : index === length - 2 ? '-' : ' ';
    const state = exitCode === undefined ? 'Running' : exitCode === 0 ? 'Done' : `Exit ${exitCode}`;
    return `[${number}]${mark}  ${state.padEnd(24)}${command}${exitCode === undefined ? ' &' : ''}\n`;
  });
  return done(rows.join(''));
}

async function waitFor(args: readonly string[], { jobs, waiting }: Parts): Promise<Result> {
  const wanted = args.length === 0 ? jobs.all : args.map((id) => jobs.find(id)).filter((job) => job !== undefined);
  const codes = await waiting(() => Promise.all(wanted.map((job) => job.done)));
  wanted.forEach(({ number }) => jobs.forget(number));
  return await done('', args.length === 0 ? 0 : (codes.at(-1) ?? 127));
}

async function toForegroundJob([id]: readonly string[], { jobs, waiting }: Parts): Promise<Result> {
  const job = id === undefined ? jobs.all.at(-1) : jobs.find(id);
  if (job === undefined) {
    return await done('', 1, 'bash: fg: current: no such job\n');
  }
  const code = await waiting(() => job.done);
  jobs.forget(job.number);
  return await done('', code);
}
