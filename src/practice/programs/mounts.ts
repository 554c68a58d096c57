import type { ProgramContext } from '../kernel';
import { program, refuse } from './program';

function lsblk(context: ProgramContext): number {
  const total = context.host.resources.diskTotalMb;
  const size = (mb: number): string => (mb >= 1024 ? `${Math.round((mb / 1024) * 10) / 10}G` : `${mb}M`).padStart(5);
  const rows = [
    ['vda', '254:0', size(Math.round(total + 2660)), 'disk', ''],
    ['├─vda1', '254:1', size(128), 'part', '/boot'],
    ['├─vda2', '254:2', size(2), 'part', ''],
    ['├─vda3', '254:3', size(1024), 'part', ''],
    ['│ └─usr', '253:0', size(1016), 'crypt', '/usr'],
    ['├─vda4', '254:4', size(1024), 'part', ''],
    ['├─vda6', '254:6', size(128), 'part', '/usr/share/oem'],
    ['├─vda7', '254:7', size(64), 'part', ''],
    ['└─vda9', '254:9', size(total), 'part', '/'],
  ];
  context.stdout('NAME    MAJ:MIN RM  SIZE RO TYPE  MOUNTPOINT\n');
  for (const [name = '', number = '', text = '', type = '', mount = ''] of rows) {
    context.stdout(
      `${name.padEnd(7)} ${number.padEnd(7)}  0 ${text}  ${mount === '/usr' ? 1 : 0} ${type.padEnd(5)} ${mount}`.trimEnd() +
        '\n',
    );
  }
  return 0;
}

async function mount(context: ProgramContext): Promise<number> {
  const words = context.args.filter((arg) => !arg.startsWith('-'));
  if (words.length === 0) {
    const text = await context.host.files.readFile('/proc/mounts');
    for (const line of text.trim().split('\n')) {
      const [source = '', target = '', type = '', flags = ''] = line.split(' ');
      context.stdout(`${source} on ${target} type ${type} (${flags})\n`);
    }
    return 0;
  }
  if (context.user !== 'root') {
    return refuse(context, 'mount: only root can do that');
  }
  const [source = ''] = words;
  return refuse(context, `mount: special device ${source} does not exist`);
}

async function umount(context: ProgramContext): Promise<number> {
  const [target] = context.args.filter((arg) => !arg.startsWith('-'));
  if (target === undefined) {
    return refuse(context, 'Usage:\n umount [-hV]');
  }
  if (context.user !== 'root') {
    return refuse(context, `umount: ${target}: umount failed: Operation not permitted`);
  }
  const mounts = await context.host.files.readFile('/proc/mounts');
  const isMounted = mounts.split('\n').some((line) => line.split(' ')[1] === target);
  context.stderr(isMounted ? `umount: ${target}: target is busy\n` : `umount: ${target}: not mounted\n`);
  return 32;
}

export const mountPrograms = [
  program('lsblk', lsblk),
  program('mount', mount),
  program('umount', umount),
  program('sync', () => 0),
];
