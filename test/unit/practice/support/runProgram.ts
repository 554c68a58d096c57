import { etcdPrograms } from '../../../../src/practice/etcd/programs';
import { deisctlPrograms } from '../../../../src/practice/deisctl/programs';
import { DEISCTL_PATH, UNITS_PATH } from '../../../../src/practice/deisctl/installer';
import { unitFiles } from '../../../../src/practice/deisctl/units/unitFiles';
import { fleetPrograms } from '../../../../src/practice/fleet/programs';
import type { ProgramContext } from '../../../../src/practice/programs/program';
import type { FakeHost } from './fakeHost';

const PROGRAMS = [...etcdPrograms, ...fleetPrograms, ...deisctlPrograms];

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Virtual time it took. */
  readonly ms: number;
}

export interface Running {
  readonly done: Promise<Outcome>;
  /** What it has said so far. */
  stdout(): string;
  stderr(): string;
  cancel(): void;
}

/** Starts one of our programs on a node, with `sudo` before it as root; words are split at blanks, quotes keep them together. */
export function startProgram(host: FakeHost, command: string, environment: Record<string, string> = {}): Running {
  const isRoot = command.startsWith('sudo ');
  const words = isRoot ? command.slice('sudo '.length) : command;
  const [name = '', ...args] = [...words.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
  const program = PROGRAMS.find((one) => one.name === name);
  if (program === undefined) {
    throw new Error(`no program ${name}`);
  }
  const said = { stdout: '', stderr: '' };
  const stop = new AbortController();
  const { timeline } = host.kernel;
  const from = timeline.now();
  const context: ProgramContext = {
    host: host.host,
    args,
    stdin: '',
    environment: { HOME: '/home/core', ...environment },
    workingDirectory: '/home/core',
    user: isRoot ? 'root' : 'core',
    isTerminal: false,
    signal: stop.signal,
    timeline,
    stdout: (text) => void (said.stdout += text),
    stderr: (text) => void (said.stderr += text),
    run: (script) => Promise.resolve({ stdout: `ran: ${script}\n`, stderr: '', exitCode: 0 }),
  };
  const done = program.run(context).then((exitCode) => ({ ...said, exitCode, ms: timeline.now() - from }));
  return {
    done,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    cancel: () => stop.abort(new Error('cancelled')),
  };
}

export async function run(host: FakeHost, command: string, environment?: Record<string, string>): Promise<Outcome> {
  return await startProgram(host, command, environment).done;
}

/** What the installer brings. */
export async function installDeisctl(host: FakeHost): Promise<void> {
  await host.files.mkdir('/opt/bin', { recursive: true });
  await host.files.writeFile(DEISCTL_PATH, 'deisctl\nversion=1.13.4\n');
  await host.files.mkdir(`${UNITS_PATH}/decorators`, { recursive: true });
  for (const [name, text] of unitFiles()) {
    await host.files.writeFile(`${UNITS_PATH}/${name}`, text);
  }
}
