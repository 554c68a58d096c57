import type { ProgramContext } from '../program';
import { program } from '../program';
import { partitionsOf } from './partitions';

/** What is mounted from which partition; `usr` is the verified view of USR-A. */
const MOUNTS: Readonly<Record<string, string>> = { 'EFI-SYSTEM': '/boot', OEM: '/usr/share/oem', ROOT: '/' };
const GPT_MB = 290;
const USR_MB = 1016;

function lsblk(context: ProgramContext): number {
  const partitions = partitionsOf(context.host);
  const size = (mb: number): string => (mb >= 1024 ? `${Math.round((mb / 1024) * 10) / 10}G` : `${mb}M`).padStart(5);
  const totalMb = partitions.reduce((sum, { sizeMb }) => sum + sizeMb, GPT_MB);
  const rows = [
    ['vda', '254:0', size(totalMb), 'disk', ''],
    ...partitions.flatMap(({ number, label, sizeMb }) => {
      const branch = number === partitions.at(-1)?.number ? '└─' : '├─';
      const row = [`${branch}vda${number}`, `254:${number}`, size(sizeMb), 'part', MOUNTS[label] ?? ''];
      return label === 'USR-A' ? [row, ['│ └─usr', '253:0', size(USR_MB), 'crypt', '/usr']] : [row];
    }),
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
