import type { ProgramContext } from '../programs/program';
import { insideOf } from '../host/inside';
import { parseOptions } from '../host/programs/options';
import type { ContainerRecord } from './engine';

export function inspect(context: ProgramContext, args: readonly string[]): number {
  const options = parseOptions(args, {
    flags: { '-s': 'size', '--size': 'size' },
    values: { '-f': 'format', '--format': 'format', '--type': 'type' },
  });
  const { docker } = insideOf(context.host);
  const found: unknown[] = [];
  let code = 0;
  const complaints: string[] = [];
  for (const name of options.words) {
    const record = docker.find(name);
    const image = docker.image(name);
    if (record !== undefined) {
      found.push(containerJson(context, record));
    } else if (image !== undefined) {
      found.push({
        Id: `sha256:${image.id}`,
        RepoTags: [image.reference],
        Created: new Date(image.pulledAt).toISOString(),
        Size: image.diskMb * 1e6,
      });
    } else {
      complaints.push(`Error: No such image, container or task: ${name}\n`);
      code = 1;
    }
  }
  const format = options.values.get('format')?.at(-1);
  if (format === undefined) {
    context.stdout(`${JSON.stringify(found, undefined, 4)}\n`);
  } else {
    context.stdout(found.map((value) => `${evaluate(format, value)}\n`).join(''));
  }
  complaints.forEach((complaint) => context.stderr(complaint));
  return code;
}

function containerJson(context: ProgramContext, record: ContainerRecord): object {
  const { docker } = insideOf(context.host);
  const iso = (at: number): string => (at === 0 ? '0001-01-01T00:00:00Z' : new Date(at).toISOString());
  return {
    Id: record.id,
    Created: iso(record.createdAt),
    Path: record.command.split(' ')[0] ?? '',
    State: {
      Status: record.state,
      Running: record.state === 'running',
      Paused: false,
      Restarting: false,
      OOMKilled: record.byOom,
      Dead: false,
      Pid: docker.running.get(record.name)?.pid ?? 0,
      ExitCode: record.exitCode,
      Error: '',
      StartedAt: iso(record.startedAt),
      FinishedAt: iso(record.finishedAt),
    },
    Image: `sha256:${docker.image(record.image)?.id ?? ''}`,
    Name: `/${record.name}`,
    RestartCount: 0,
    Config: { Image: record.image, Env: Object.entries(record.environment).map(([key, value]) => `${key}=${value}`) },
    HostConfig: { Binds: record.volumes, NetworkMode: record.isHostNetwork ? 'host' : 'default' },
  };
}

/** Go templates as far as they are used with inspect: `{{ .State.Pid }}`, `{{.Name}}`, `{{json .State}}`. */
function evaluate(format: string, value: unknown): string {
  return format.replace(/\{\{([^{}]*)\}\}/g, (_match, expression: string) => {
    const words = expression.trim().split(/\s+/);
    const path = (words.at(-1) ?? '').replace(/^\./, '');
    const found = path
      .split('.')
      .filter((part) => part !== '')
      .reduce<unknown>(
        (inner, part) =>
          typeof inner === 'object' && inner !== null ? (Reflect.get(inner, part) as unknown) : undefined,
        value,
      );
    if (words[0] === 'json') {
      return JSON.stringify(found);
    }
    return typeof found === 'string' ? found : found === undefined ? '<no value>' : JSON.stringify(found);
  });
}
