import type { ProgramContext } from '../programs/program';
import { insideOf } from '../host/inside';
import { parseOptions } from '../host/programs/options';
import { dockerTable, humanDuration } from './client';
import { splitReference } from './images';

/** Layers of the images Deis built were some weeks old when they were pulled. */
const AGE_MS = 20 * 86_400_000;

export function images(context: ProgramContext, args: readonly string[]): number {
  const options = parseOptions(args, {
    flags: {
      '-q': 'quiet',
      '--quiet': 'quiet',
      '-a': 'all',
      '--all': 'all',
      '--no-trunc': 'whole',
      '--digests': 'digests',
    },
    values: { '-f': 'filter', '--filter': 'filter', '--format': 'format' },
  });
  const { docker } = insideOf(context.host);
  const wanted = options.words[0];
  const rows = Object.entries(docker.images)
    .map(([reference, image]) => ({ ...splitReference(reference), ...image }))
    .filter(({ repository, tag }) => wanted === undefined || repository === wanted || `${repository}:${tag}` === wanted)
    .sort((a, b) => b.pulledAt - a.pulledAt);
  if (options.flags.has('quiet')) {
    context.stdout(rows.map(({ id }) => `${id.slice(0, 12)}\n`).join(''));
    return 0;
  }
  const cells = rows.map(({ repository, tag, id, diskMb }) => [
    repository,
    tag,
    id.slice(0, 12),
    `${humanDuration(AGE_MS)} ago`,
    `${diskMb} MB`,
  ]);
  context.stdout(dockerTable([['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'], ...cells]));
  return 0;
}

export async function pull(context: ProgramContext, args: readonly string[]): Promise<number> {
  const { words } = parseOptions(args, { flags: { '-a': 'all' }, values: {} });
  const [image] = words;
  if (image === undefined) {
    context.stderr('docker: "pull" requires 1 argument.\nSee \'docker pull --help\'.\n');
    return 1;
  }
  return (await insideOf(context.host).docker.pull(image, context, context.signal)) ? 0 : 1;
}

export function rmi(context: ProgramContext, args: readonly string[]): number {
  const { words, flags } = parseOptions(args, { flags: { '-f': 'force', '--force': 'force' }, values: {} });
  const { docker } = insideOf(context.host);
  let code = 0;
  for (const name of words) {
    const image = docker.image(name);
    const user = docker.containers.find((record) => docker.image(record.image)?.reference === image?.reference);
    if (image === undefined) {
      context.stderr(`Error response from daemon: No such image: ${withTag(name)}\n`);
      code = 1;
    } else if (user !== undefined && !flags.has('force')) {
      context.stderr(
        `Error response from daemon: conflict: unable to remove repository reference "${name}" (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${image.id.slice(0, 12)}\n`,
      );
      code = 1;
    } else {
      docker.removeImage(name);
      context.stdout(`Untagged: ${image.reference}\nDeleted: sha256:${image.id}\n`);
    }
  }
  return code;
}

/** Deis's units ask with it whether an image is there. */
export function history(context: ProgramContext, args: readonly string[]): number {
  const { words } = parseOptions(args, { flags: { '-H': 'human', '-q': 'quiet', '--no-trunc': 'whole' }, values: {} });
  const name = words[0] ?? '';
  const image = insideOf(context.host).docker.image(name);
  if (image === undefined) {
    context.stderr(`Error response from daemon: No such image: ${withTag(name)}\n`);
    return 1;
  }
  context.stdout(
    dockerTable([
      ['IMAGE', 'CREATED', 'CREATED BY', 'SIZE', 'COMMENT'],
      [image.id.slice(0, 12), `${humanDuration(AGE_MS)} ago`, '/bin/sh -c #(nop) CMD ["/app/bin/boot"]', '0 B', ''],
    ]),
  );
  return 0;
}

const withTag = (name: string): string => {
  const { repository, tag } = splitReference(name);
  return `${repository}:${tag}`;
};
