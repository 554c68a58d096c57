import type { CustomCommand, ResolvedCommandContext } from 'just-bash';
import { defineCommand } from 'just-bash';
import { HIDDEN } from './devices';
import type { Jobs } from './jobs';
import type { Mask } from './umask';
import { umask } from './umask';

interface Parts {
  onTrap(context: ResolvedCommandContext): void;
  readonly history: readonly string[] | undefined;
  readonly traps: Map<string, string>;
  readonly jobs: Jobs;
  readonly mask: Mask;
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
    defineCommand('trap', (args, context) => {
      parts.onTrap(context);
      return setTrap(args, parts.traps);
    }),
    defineCommand('history', (args) => showHistory(args, parts.history ?? [])),
    defineCommand('umask', (args) => Promise.resolve(umask(args, parts.mask))),
    defineCommand('ulimit', (args) => done(args.length < 2 ? (args[0] === '-n' ? '1024\n' : 'unlimited\n') : '')),
    defineCommand('jobs', (args) => listJobs(args, parts.jobs)),
    // The library's own `wait` knows no jobs; scripts are rewritten to ask this one.
    defineCommand(HIDDEN.wait, (args) => waitFor(args, parts)),
    defineCommand('disown', () => done()),
    // With a job of its terminal a shell sees to these itself (terminal/jobControl.ts).
    defineCommand('fg', () => done('', 1, 'bash: fg: no job control\n')),
    defineCommand('bg', () => done('', 1, 'bash: bg: no job control\n')),
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
  'history',
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

function listJobs(args: readonly string[], jobs: Jobs): Promise<Result> {
  const rows = jobs.all.map((job) => {
    const row = jobs.row(job);
    return args.includes('-p') ? `${job.pid}\n` : args.includes('-l') ? row.replace(/ {2}/, ` ${job.pid} `) : row;
  });
  jobs.takeEnded(); // Told now.
  return done(rows.join(''));
}

/** The last N, or all. */
function showHistory([count]: readonly string[], history: readonly string[]): Promise<Result> {
  if (count !== undefined && !/^\d+$/.test(count)) {
    return done();
  }
  const rows = history.map((line, index) => `${String(index + 1).padStart(5)}  ${line}\n`);
  return done(rows.slice(count === undefined ? 0 : Math.max(0, rows.length - Number(count))).join(''));
}

async function waitFor(args: readonly string[], { jobs, waiting }: Parts): Promise<Result> {
  const wanted = args.length === 0 ? jobs.all : args.map((id) => jobs.find(id)).filter((job) => job !== undefined);
  const codes = await waiting(() => Promise.all(wanted.map((job) => job.done)));
  wanted.forEach(({ number }) => jobs.forget(number));
  return await done('', args.length === 0 ? 0 : (codes.at(-1) ?? 127));
}
