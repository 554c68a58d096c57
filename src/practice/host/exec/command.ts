import type { Program } from '../../programs/program';
import type { HostInside, Output } from '../inside';
import type { SpawnRequest } from '../systemd/process';
import { runPlain } from './plainCommands';

export interface CommandOutput extends Output {
  readonly signal: AbortSignal;
}

/** As systemd reports a program that is not there. */
const EXIT_EXEC = 203;
const SHELLS = new Set(['sh', 'bash']);

/** Runs one Exec line that is no native service and resolves with its exit code. */
export async function runCommand(inside: HostInside, request: SpawnRequest, output: CommandOutput): Promise<number> {
  const [path = '', ...args] = request.argv;
  const name = path.replace(/^.*\//, '');
  if (SHELLS.has(name) && args[0] === '-c') {
    return await runInShell(inside, args[1] ?? '', request, output);
  }
  const plain = runPlain(request.argv, {
    tree: inside.tree,
    signal: output.signal,
    stdout: (text) => output.stdout(text),
    sleep: (ms, signal) => inside.kernel.ledger.delay('sleep', `${inside.host.name} ${request.unit}`, ms, signal),
  });
  if (plain !== undefined) {
    return await plain;
  }
  const program = programAt(inside, path);
  if (program !== undefined) {
    return await runProgram(inside, program, args, request, output);
  }
  if (inside.tree.find(path)?.kind !== 'file') {
    inside.journal.write(
      request.unit,
      'systemd',
      1,
      `${request.unit}: Failed at step EXEC spawning ${path}: No such file or directory`,
    );
    return EXIT_EXEC;
  }
  return await runInShell(inside, request.argv.map(quote).join(' '), request, output);
}

/** The program of ours that lies at a path; undefined when the file is not there. */
export function programAt(inside: HostInside, path: string): Program | undefined {
  const name = path.replace(/^.*\//, '');
  const program = inside.programs.get(name);
  if (program === undefined || inside.tree.find(path)?.kind !== 'file') {
    return undefined;
  }
  return inside.realPath(`${program.directory}/${name}`) === inside.realPath(path) ? program : undefined;
}

function runProgram(
  inside: HostInside,
  program: Program,
  args: readonly string[],
  request: SpawnRequest,
  output: CommandOutput,
): Promise<number> {
  const { host, kernel } = inside;
  return program.run({
    host,
    args,
    stdin: '',
    environment: request.environment,
    workingDirectory: request.workingDirectory,
    user: request.user === 'core' ? 'core' : 'root',
    isTerminal: false,
    signal: output.signal,
    timeline: kernel.timeline,
    stdout: (text) => output.stdout(text),
    stderr: (text) => output.stderr(text),
    run: (script, options) => host.run(script, options),
  });
}

async function runInShell(
  inside: HostInside,
  script: string,
  request: SpawnRequest,
  output: CommandOutput,
): Promise<number> {
  const user = request.user === 'core' ? 'core' : 'root';
  const options = { user, environment: request.environment, signal: output.signal } as const;
  return await inside.runShell(script, options, output);
}

const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
