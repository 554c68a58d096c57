import type { ProgramContext } from '../program';
import type { FileTree } from '../../host/files/tree';
import { resolvePath } from '../../host/files/path';
import { insideOf } from '../../host/inside';
import { parseOptions } from '../../host/programs/options';
import { program, refuse } from '../program';

/** Loop devices that the kernel makes by itself (`max_loop`). */
const MOST = 8;

const OPTIONS = {
  flags: {
    ...{
      '-f': 'find',
      '--find': 'find',
      '--show': 'show',
      '-a': 'all',
      '--all': 'all',
      '-r': 'ignored',
      '-P': 'ignored',
    },
    ...{ '-D': 'detachAll', '--detach-all': 'detachAll', '-l': 'list', '--list': 'list', '-v': 'ignored' },
  },
  values: {
    '-d': 'detach',
    '--detach': 'detach',
    '-j': 'of',
    '--associated': 'of',
    '-o': 'offset',
    '--sizelimit': 'limit',
  },
};

/** A loop device is a link to its file: what is read from and written to it is the file's. */
function losetup(context: ProgramContext): number {
  const { flags, values, words } = parseOptions(context.args, OPTIONS);
  const { tree } = insideOf(context.host);
  if (flags.has('detachAll')) {
    devicesIn(tree).forEach(({ device }) => tree.remove(device));
    return 0;
  }
  const detach = values.get('detach');
  if (detach !== undefined) {
    return Math.max(0, ...[...detach, ...words].map((device) => detachOne(context, device)));
  }
  const of = values.get('of')?.at(-1);
  if (of !== undefined || flags.has('all') || flags.has('list') || (words.length === 0 && !flags.has('find'))) {
    const wanted = of === undefined ? undefined : resolvePath(context.workingDirectory, of);
    for (const { device, file } of devicesIn(tree)) {
      context.stdout(wanted === undefined || wanted === file ? `${device}: []: (${file})\n` : '');
    }
    return 0;
  }
  return attach(context, flags, words);
}

function attach(context: ProgramContext, flags: ReadonlySet<string>, words: readonly string[]): number {
  const { tree } = insideOf(context.host);
  const free = Array.from({ length: MOST }, (_unused, index) => `/dev/loop${index}`).find(
    (device) => tree.find(device, false) === undefined,
  );
  const device = flags.has('find') ? free : words[0];
  const file = flags.has('find') ? words[0] : words[1];
  if (device === undefined) {
    return refuse(context, 'losetup: cannot find an unused loop device');
  }
  if (file === undefined) {
    context.stdout(`${device}\n`);
    return 0;
  }
  if (context.user !== 'root') {
    return refuse(context, `losetup: ${file}: failed to set up loop device: Permission denied`);
  }
  const path = resolvePath(context.workingDirectory, file);
  if (tree.find(path)?.kind !== 'file') {
    return refuse(context, `losetup: ${file}: failed to set up loop device: No such file or directory`);
  }
  tree.link(path, device);
  context.stdout(flags.has('show') ? `${device}\n` : '');
  return 0;
}

function detachOne(context: ProgramContext, device: string): number {
  const { tree } = insideOf(context.host);
  if (tree.find(device, false)?.kind !== 'link') {
    return refuse(context, `losetup: ${device}: detach failed: No such device or address`);
  }
  if (context.user !== 'root') {
    return refuse(context, `losetup: ${device}: detach failed: Permission denied`);
  }
  tree.remove(device);
  return 0;
}

const devicesIn = (tree: FileTree): { device: string; file: string }[] =>
  tree
    .names('/dev')
    .filter((name) => /^loop\d+$/.test(name))
    .flatMap((name) => {
      const node = tree.find(`/dev/${name}`, false);
      return node?.kind === 'link' ? [{ device: `/dev/${name}`, file: node.target }] : [];
    });

/** Attributes of btrfs: ext4 takes most of them without a word. */
function chattr(context: ProgramContext): number {
  const [mode = '', ...paths] = context.args.filter((arg) => arg !== '-R' && arg !== '-V' && arg !== '-f');
  if (!/^[-+=][a-zA-Z]+$/.test(mode) || paths.length === 0) {
    return refuse(context, 'Usage: chattr [-RVf] [-+=aAcCdDeijPsStTu] [-v version] files...');
  }
  const { tree } = insideOf(context.host);
  const missing = paths.filter((path) => tree.find(resolvePath(context.workingDirectory, path)) === undefined);
  missing.forEach((path) => context.stderr(`chattr: No such file or directory while trying to stat ${path}\n`));
  return missing.length === 0 ? 0 : 1;
}

export const loopPrograms = [program('losetup', losetup), program('chattr', chattr)];
