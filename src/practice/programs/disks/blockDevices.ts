import type { ProgramContext } from '../program';
import { program } from '../program';

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

export const blockPrograms = [program('lsblk', lsblk), program('sync', () => 0)];
