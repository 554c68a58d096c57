import type { ProgramContext } from '../programs/program';
import { boxImageOf, hasCommand } from '../containers/boxImages';
import type { AttachedClient } from '../containers/context';
import { quoteAll } from '../shell/quote';
import { commandLine } from '../host/exec/spawn';
import { insideOf } from '../host/inside';
import type { OptionTable, ParsedOptions } from '../host/programs/options';
import { parseOptions } from '../host/programs/options';
import { aborted, DAEMON_ERROR } from './client';
import { NO_SPACE, type RunningContainer, type RunSpec } from './engine';
import { splitReference } from './images';

const ignored = (...spellings: string[]): Record<string, string> =>
  Object.fromEntries(spellings.map((spelling) => [spelling, spelling]));

const TABLE: OptionTable = {
  stopsAtWord: true,
  flags: {
    '--rm': 'rm',
    '-d': 'detach',
    '--detach': 'detach',
    '-P': 'publish-all',
    '--privileged': 'privileged',
    '--rm=true': 'rm',
    ...{ '-i': 'interactive', '--interactive': 'interactive', '-t': 'tty', '--tty': 'tty' },
    ...ignored('--init', '--read-only', '--sig-proxy'),
  },
  values: {
    '--name': 'name',
    '-e': 'env',
    '--env': 'env',
    '-p': 'publish',
    '--publish': 'publish',
    '-v': 'volume',
    '--volume': 'volume',
    '--volumes-from': 'volumes-from',
    '--net': 'net',
    '--network': 'net',
    '--entrypoint': 'entrypoint',
    ...{ '-h': 'hostname', '--hostname': 'hostname', '-w': 'workdir', '--workdir': 'workdir' },
    ...ignored('-c', '--cpu-shares', '-m', '--memory', '--memory-swap', '-u', '--user'),
    ...ignored('--link', '--log-driver', '--log-opt', '--restart', '--cap-add', '--dns', '--env-file', '--add-host'),
    ...ignored('--expose', '--label', '-l', '--pid', '--ipc', '--ulimit', '--security-opt', '--device', '--cidfile'),
  },
};

/** A command that is not there. */
const NOT_FOUND = 127;

export async function run(context: ProgramContext, args: readonly string[]): Promise<number> {
  const options = parseOptions(args, TABLE);
  const spec = specOf(options);
  if (options.unknown !== undefined) {
    context.stderr(`docker: unknown option '${options.unknown}'.\nSee 'docker run --help'.\n`);
    return DAEMON_ERROR;
  }
  if (spec === undefined) {
    context.stderr('docker: "run" requires a minimum of 1 argument.\nSee \'docker run --help\'.\n');
    return DAEMON_ERROR;
  }
  const { docker } = insideOf(context.host);
  if (docker.image(spec.image) === undefined && !(await pullMissing(context, spec.image))) {
    return DAEMON_ERROR;
  }
  const refusal = refusalOf(context, spec);
  if (refusal !== undefined) {
    context.stderr(`docker: Error response from daemon: ${refusal}\n`);
    return DAEMON_ERROR;
  }
  const missing = missingCommand(spec);
  if (missing !== undefined) {
    context.stderr(
      `docker: Error response from daemon: Container command '${missing}' not found or does not exist..\n`,
    );
    return NOT_FOUND;
  }
  const isDetached = options.flags.has('detach');
  const [readsInput, wantsTerminal] = [options.flags.has('interactive'), options.flags.has('tty')];
  const hasTerminal = wantsTerminal && context.session?.terminal !== undefined;
  if (!isDetached && readsInput && wantsTerminal && !hasTerminal) {
    context.stderr('cannot enable tty mode on non tty input\n');
    return 1;
  }
  const attached = isDetached ? undefined : clientOf(context, { readsInput, hasTerminal }, spec.command);
  const container = docker.run({ ...spec, ...(attached === undefined ? {} : { attached }) });
  if (container === undefined) {
    context.stderr(
      `docker: Error response from daemon: ${nameTaken(context, spec.name ?? '')}\nSee 'docker run --help'.\n`,
    );
    return DAEMON_ERROR;
  }
  if (isDetached) {
    context.stdout(`${container.record.id}\n`);
    return 0;
  }
  const process = showClient(context, args);
  try {
    return attached === undefined ? await attach(context, container) : await attend(context, container);
  } finally {
    process.remove();
  }
}

/** The client stays beside its container: a process of the unit or session that ran it. */
function showClient(context: ProgramContext, args: readonly string[]): { remove(): void } {
  const { manager, processTable } = insideOf(context.host);
  const unit = manager.unitOf(context.environment);
  return processTable.add({
    name: 'docker',
    user: context.user,
    command: `docker run ${commandLine(args)}`,
    memoryMb: 6,
    unit: unit?.name ?? '',
    parentPid: unit?.main?.pid ?? 1,
  });
}

/** A command of the container's system has the client's own streams. */
function clientOf(
  { session }: ProgramContext,
  how: { readonly readsInput: boolean; readonly hasTerminal: boolean },
  command: readonly string[],
): AttachedClient | undefined {
  if (session === undefined || command.length === 0 || /(?:^|\/)true$/.test(command[0] ?? '')) {
    return undefined;
  }
  return {
    start: (shell, { environment, ...options }, heard) => {
      const terminal = how.hasTerminal ? { TERM: 'xterm' } : {};
      const all = { ...options, environment: { ...environment, ...terminal }, ...how, heard };
      return session.startIn(shell, quoteAll(command), all);
    },
  };
}

async function attend(context: ProgramContext, container: RunningContainer): Promise<number> {
  void aborted(context.signal).then(() => container.stop('TERM'));
  return await container.exited;
}

/** The word that docker could not start. */
function missingCommand({ image, command: [word] }: RunSpec): string | undefined {
  const box = boxImageOf(image);
  return word === undefined || box === undefined || hasCommand(box, word) ? undefined : word;
}

/** Its output until it ends; a signal to the client goes on to the container. */
export async function attach(context: ProgramContext, container: RunningContainer): Promise<number> {
  // What it said in the moment of its start comes first.
  context.stdout(container.logs.map((line) => `${line}\n`).join(''));
  const unfollow = container.follow(context);
  void aborted(context.signal).then(() => container.stop('TERM'));
  const code = await container.exited;
  unfollow();
  return code;
}

async function pullMissing(context: ProgramContext, image: string): Promise<boolean> {
  const { repository, tag } = splitReference(image);
  context.stderr(`Unable to find image '${repository}:${tag}' locally\n`);
  const say = (text: string): void => context.stderr(text);
  return await insideOf(context.host).docker.pull(image, { stdout: say, stderr: say }, context.signal);
}

function specOf(options: ParsedOptions): RunSpec | undefined {
  const [image, ...command] = options.words;
  if (image === undefined) {
    return undefined;
  }
  const values = (name: string): readonly string[] => options.values.get(name) ?? [];
  const entrypoint = values('entrypoint').at(-1);
  return {
    name: values('name').at(-1),
    image,
    command:
      entrypoint === undefined
        ? command.length === 0
          ? (boxImageOf(image)?.command ?? [])
          : command
        : [entrypoint, ...command],
    environment: Object.fromEntries(
      values('env').map((assignment) => {
        const equals = assignment.indexOf('=');
        return equals < 0 ? [assignment, ''] : [assignment.slice(0, equals), assignment.slice(equals + 1)];
      }),
    ),
    ports: values('publish'),
    volumes: [...values('volume'), ...values('volumes-from')],
    isHostNetwork: values('net').at(-1) === 'host',
    removesItself: options.flags.has('rm'),
    hostname: values('hostname').at(-1),
    workingDirectory: values('workdir').at(-1),
  };
}

/** The empty layer and the folder of a new container. */
const LAYER_BYTES = 64 * 1024;

/** Why the daemon would not start it. */
function refusalOf(context: ProgramContext, spec: RunSpec): string | undefined {
  const inside = insideOf(context.host);
  if (!inside.resources.hasRoom(LAYER_BYTES) && !inside.docker.isResumable(spec.name)) {
    return `mkdir /var/lib/docker/overlay/${inside.kernel.random.hex(64)}-init: ${NO_SPACE}.\nSee 'docker run --help'`;
  }
  if (spec.isHostNetwork) {
    return undefined;
  }
  const taken = spec.ports
    .filter((mapping) => !mapping.endsWith('/udp'))
    .map((mapping) =>
      Number(
        mapping
          .replace(/\/\w+$/, '')
          .split(':')
          .at(-2),
      ),
    )
    .find((port) => inside.host.listeningPorts.includes(port));
  return taken === undefined || inside.docker.isResumable(spec.name)
    ? undefined
    : `driver failed programming external connectivity on endpoint ${spec.name ?? ''}: Bind for 0.0.0.0:${taken} failed: port is already allocated.`;
}

function nameTaken(context: ProgramContext, name: string): string {
  const id = insideOf(context.host).docker.find(name)?.id ?? '';
  return `Conflict. The name "/${name}" is already in use by container ${id}. You have to remove (or rename) that container to be able to reuse that name..`;
}
