import { lengthOf } from '../../host/files/node';
import type { ProgramContext } from '../program';
import { resolvePath } from '../../host/files/path';
import { insideOf } from '../../host/inside';
import type { OptionTable } from '../../host/programs/options';
import { parseOptions } from '../../host/programs/options';
import { human } from '../sizes';
import { program } from '../program';

const BLOCK = 4096;

const OPTIONS: OptionTable = {
  flags: {
    '-s': 'summary',
    '--summarize': 'summary',
    '-h': 'human',
    '--human-readable': 'human',
    '-a': 'all',
    '-c': 'total',
    '-k': 'k',
    '-m': 'm',
    '-b': 'bytes',
    '-x': 'one',
  },
  values: { '-d': 'depth', '--max-depth': 'depth', '--exclude': 'exclude', '-B': 'block' },
};

/** `du`: what files take on disk, in whole blocks. */
function du(context: ProgramContext): number {
  const { flags, values, words } = parseOptions(context.args, OPTIONS);
  const { tree } = insideOf(context.host);
  const show = (bytes: number): string =>
    flags.has('human')
      ? human(bytes)
      : String(flags.has('bytes') ? bytes : Math.ceil(bytes / (flags.has('m') ? 1024 * 1024 : 1024)));
  const depth = flags.has('summary') ? 0 : Number(values.get('depth')?.at(-1) ?? Infinity);
  let [code, total] = [0, 0];
  for (const word of words.length === 0 ? ['.'] : words) {
    const path = resolvePath(context.workingDirectory, word);
    if (tree.find(path) === undefined) {
      context.stderr(`du: cannot access '${word}': No such file or directory\n`);
      code = 1;
      continue;
    }
    const sizes = sizesBelow(context, path, flags.has('bytes'));
    total += sizes.get(path)?.bytes ?? 0;
    const rows = [...sizes].filter(
      ([at, { isDirectory }]) => (isDirectory || flags.has('all') || at === path) && level(at, path) <= depth,
    );
    context.stdout(
      rows
        .reverse()
        .map(([at, { bytes }]) => `${show(bytes)}\t${nameIn(word, path, at)}\n`)
        .join(''),
    );
  }
  context.stdout(flags.has('total') ? `${show(total)}\ttotal\n` : '');
  return code;
}

/** A path below what was named, in the words it was named by. */
function nameIn(word: string, top: string, path: string): string {
  if (path === top) {
    return word;
  }
  const below = path.slice(top === '/' ? 0 : top.length);
  return word === '.' ? `.${below}` : `${word.replace(/\/$/, '')}${below}`;
}

const level = (path: string, top: string): number =>
  path
    .slice(top === '/' ? 0 : top.length)
    .split('/')
    .filter((part) => part !== '').length;

/** Each path below (and with) the top; directories with what is in them. */
function sizesBelow(
  { host }: ProgramContext,
  top: string,
  isApparent: boolean,
): Map<string, { bytes: number; isDirectory: boolean }> {
  const sizes = new Map<string, { bytes: number; isDirectory: boolean }>();
  for (const { path, node } of insideOf(host).tree.walk(top)) {
    const content = node.kind === 'file' ? Math.max(node.allocated, lengthOf(node.content)) : 0;
    const bytes = node.kind === 'directory' ? BLOCK : isApparent ? content : Math.ceil(content / BLOCK) * BLOCK;
    sizes.set(path, { bytes, isDirectory: node.kind === 'directory' });
    for (let above = path; above !== top && above !== '/';) {
      above = above.replace(/\/[^/]*$/, '') || '/';
      const known = sizes.get(above);
      if (known !== undefined) {
        known.bytes += bytes;
      }
    }
  }
  return sizes;
}

async function readlink(context: ProgramContext): Promise<number> {
  const isFollowing = context.args.some((arg) => /^-\w*[fem]|^--canonicalize/.test(arg));
  const hasNewline = !context.args.some((arg) => /^-\w*n/.test(arg));
  let code = 0;
  for (const word of context.args.filter((arg) => !arg.startsWith('-'))) {
    const path = resolvePath(context.workingDirectory, word);
    try {
      const { files } = context.host;
      const text = isFollowing ? await realOrFuture(context, path) : await files.readlink(path);
      context.stdout(`${text}${hasNewline ? '\n' : ''}`);
    } catch {
      code = 1; // readlink says nothing of what is no link.
    }
  }
  return code;
}

/** `-f`: the last component need not be there. */
async function realOrFuture({ host }: ProgramContext, path: string): Promise<string> {
  if (await host.files.exists(path)) {
    return await host.files.realpath(path);
  }
  const folder = await host.files.realpath(path.replace(/\/[^/]*$/, '') || '/');
  return `${folder === '/' ? '' : folder}/${path.replace(/^.*\//, '')}`;
}

export const usagePrograms = [program('du', du), program('readlink', readlink)];
