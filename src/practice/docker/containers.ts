import type { ProgramContext } from '../programs/program';
import { insideOf } from '../host/inside';
import { parseOptions } from '../host/programs/options';
import { aborted, dockerTable, humanDuration } from './client';
import type { ContainerRecord, RunningContainer } from './engine';
import { attach } from './run';

/** `docker stop` waits this long before it kills. */
const GRACE_MS = 10_000;

export function ps(context: ProgramContext, args: readonly string[]): number {
  const options = parseOptions(args, {
    flags: { '-a': 'all', '--all': 'all', '-q': 'quiet', '--quiet': 'quiet', '--no-trunc': 'whole', '-l': 'latest' },
    values: { '-f': 'filter', '--filter': 'filter', '--format': 'format', '-n': 'count' },
  });
  const { docker, kernel } = insideOf(context.host);
  const names = (options.values.get('filter') ?? []).flatMap((filter) => /^name=(.*)$/.exec(filter)?.[1] ?? []);
  const shown = docker.containers
    .filter(({ state }) => options.flags.has('all') || state === 'running')
    .filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)));
  const idOf = ({ id }: ContainerRecord): string => (options.flags.has('whole') ? id : id.slice(0, 12));
  const format = options.values.get('format')?.at(-1);
  if (options.flags.has('quiet')) {
    context.stdout(shown.map((record) => `${idOf(record)}\n`).join(''));
    return 0;
  }
  const now = kernel.timeline.now();
  if (format !== undefined) {
    context.stdout(shown.map((record) => `${formatRow(format, record, now)}\n`).join(''));
    return 0;
  }
  const rows = shown.map((record) => [
    idOf(record),
    record.image,
    commandOf(record),
    `${humanDuration(now - record.createdAt)} ago`,
    statusOf(record, now),
    portsOf(record),
    record.name,
  ]);
  context.stdout(dockerTable([['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'], ...rows]));
  return 0;
}

function formatRow(format: string, record: ContainerRecord, now: number): string {
  const fields: Readonly<Record<string, string>> = {
    ID: record.id.slice(0, 12),
    Image: record.image,
    Command: commandOf(record),
    Status: statusOf(record, now),
    Ports: portsOf(record),
    Names: record.name,
  };
  return format
    .replaceAll(String.raw`\t`, '\t')
    .replace(/\{\{\s*\.(\w+)\s*\}\}/g, (_match, name: string) => fields[name] ?? '<no value>');
}

const commandOf = ({ command }: ContainerRecord): string => {
  const whole = command === '' ? '/app/bin/boot' : command;
  return `"${whole.length > 20 ? `${whole.slice(0, 17)}...` : whole}"`;
};

function statusOf(record: ContainerRecord, now: number): string {
  switch (record.state) {
    case 'created':
      return 'Created';
    case 'running':
      return `Up ${humanDuration(now - record.startedAt)}`;
    case 'exited':
      return `Exited (${record.exitCode}) ${humanDuration(now - record.finishedAt)} ago`;
  }
}

function portsOf({ ports, state }: ContainerRecord): string {
  if (state !== 'running') {
    return '';
  }
  return ports
    .map((mapping) => {
      const [plain = '', protocol = 'tcp'] = mapping.split('/');
      const [outer, inner] = plain.split(':').slice(-2);
      return inner === undefined ? `${outer ?? ''}/${protocol}` : `0.0.0.0:${outer ?? ''}->${inner}/${protocol}`;
    })
    .join(', ');
}

export async function logs(context: ProgramContext, args: readonly string[]): Promise<number> {
  const options = parseOptions(args, {
    flags: { '-f': 'follow', '--follow': 'follow', '-t': 'timestamps' },
    values: { '--tail': 'tail', '--since': 'since' },
  });
  const name = options.words[0] ?? '';
  const { docker } = insideOf(context.host);
  const record = docker.find(name);
  if (record === undefined) {
    context.stderr(`Error: No such container: ${name}\n`);
    return 1;
  }
  const container = docker.running.get(record.name);
  const tail = options.values.get('tail')?.at(-1);
  const lines = docker.logsOf(record.name);
  const shown = tail === undefined || tail === 'all' ? lines : Number(tail) === 0 ? [] : lines.slice(-Number(tail));
  context.stdout(shown.map((line) => `${line}\n`).join(''));
  if (options.flags.has('follow') && container !== undefined) {
    const unfollow = container.follow(context);
    await Promise.race([container.exited, aborted(context.signal)]);
    unfollow();
  }
  return 0;
}

/** stop, kill, rm, wait, start: each name in turn, the names that went well on stdout. */
async function each(
  context: ProgramContext,
  names: readonly string[],
  action: (record: ContainerRecord, running: RunningContainer | undefined) => Promise<string | undefined>,
): Promise<number> {
  const { docker } = insideOf(context.host);
  let code = 0;
  for (const name of names) {
    const record = docker.find(name);
    const problem =
      record === undefined ? `No such container: ${name}` : await action(record, docker.running.get(record.name));
    if (problem === undefined) {
      context.stdout(`${name}\n`);
    } else {
      context.stderr(`Error response from daemon: ${problem}\n`);
      code = 1;
    }
  }
  return code;
}

export async function stop(context: ProgramContext, args: readonly string[]): Promise<number> {
  const options = parseOptions(args, { flags: {}, values: { '-t': 'time', '--time': 'time' } });
  const graceMs = Number(options.values.get('time')?.at(-1) ?? GRACE_MS / 1000) * 1000;
  return await each(context, options.words, async (_record, running) => {
    if (running !== undefined) {
      running.stop('TERM');
      const cancel = context.timeline.every(Math.max(1, graceMs), () => running.stop('KILL'));
      await running.exited;
      cancel();
    }
    return undefined;
  });
}

export async function kill(context: ProgramContext, args: readonly string[]): Promise<number> {
  const options = parseOptions(args, { flags: {}, values: { '-s': 'signal', '--signal': 'signal' } });
  return await each(context, options.words, async (record, running) => {
    if (running === undefined) {
      return `Cannot kill container ${record.name}: Container ${record.id} is not running`;
    }
    running.stop('KILL');
    await running.exited;
    return undefined;
  });
}

export async function rm(context: ProgramContext, args: readonly string[]): Promise<number> {
  const options = parseOptions(args, { flags: { '-f': 'force', '--force': 'force', '-v': 'volumes' }, values: {} });
  const { docker } = insideOf(context.host);
  return await each(context, options.words, async (record, running) => {
    if (running !== undefined && !options.flags.has('force')) {
      return `You cannot remove a running container ${record.id}. Stop the container before attempting removal or use -f`;
    }
    if (running !== undefined) {
      running.stop('KILL');
      await running.exited;
    }
    docker.remove(record.name);
    return undefined;
  });
}

export async function wait(context: ProgramContext, args: readonly string[]): Promise<number> {
  const { docker } = insideOf(context.host);
  for (const name of args) {
    const record = docker.find(name);
    if (record === undefined) {
      context.stderr(`Error response from daemon: No such container: ${name}\n`);
      return 1;
    }
    await Promise.race([docker.running.get(record.name)?.exited, aborted(context.signal)]);
    context.stdout(`${record.exitCode}\n`);
  }
  return 0;
}

/** `docker start [-a] NAME`: an ended container once more. */
export async function start(context: ProgramContext, args: readonly string[]): Promise<number> {
  const options = parseOptions(args, {
    flags: { '-a': 'attach', '--attach': 'attach', '-i': 'interactive' },
    values: {},
  });
  const { docker } = insideOf(context.host);
  if (options.flags.has('attach')) {
    const record = docker.find(options.words[0] ?? '');
    if (record === undefined) {
      context.stderr(`Error response from daemon: No such container: ${options.words[0] ?? ''}\n`);
      return 1;
    }
    return await attach(context, docker.running.get(record.name) ?? docker.restart(record));
  }
  return await each(context, options.words, (record, running) => {
    if (running === undefined) {
      docker.restart(record);
    }
    return Promise.resolve(undefined);
  });
}

export async function restart(context: ProgramContext, args: readonly string[]): Promise<number> {
  const { docker } = insideOf(context.host);
  return await each(context, args, async (record, running) => {
    running?.stop('TERM');
    await running?.exited;
    docker.restart(record);
    return undefined;
  });
}
