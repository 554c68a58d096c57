import type { ProgramContext } from '../program';
import { program, refuse } from '../program';
import { formatTable } from '../../host/programs/format';
import { partitionsOf, uuidOf } from './partitions';

const SECTOR = 512;
const PER_MB = (1024 * 1024) / SECTOR;
const FIRST = 4096;

const size = (mb: number): string => (mb >= 1024 ? `${Math.round((mb / 1024) * 10) / 10}G` : `${mb}M`);

/** `fdisk -l`; partitions are never changed here. */
function fdisk(context: ProgramContext): number {
  const { host, args, user } = context;
  const device = args.find((arg) => !arg.startsWith('-')) ?? '/dev/vda';
  if (!args.some((arg) => arg === '-l' || arg === '--list')) {
    return refuse(context, "fdisk: bad usage\nTry 'fdisk --help' for more information.");
  }
  if (user !== 'root') return refuse(context, `fdisk: cannot open ${device}: Permission denied`);
  if (device !== '/dev/vda') return refuse(context, `fdisk: cannot open ${device}: No such file or directory`);
  let start = FIRST;
  const rows = partitionsOf(host).map(({ number, sizeMb, kind }) => {
    const sectors = sizeMb * PER_MB;
    const from = start;
    start += sectors;
    return [`/dev/vda${number}`, `${from}`, `${start - 1}`, `${sectors}`, size(sizeMb), kind];
  });
  const bytes = (start + FIRST) * SECTOR;
  context.stdout(
    [
      `Disk /dev/vda: ${Math.round((bytes / 1024 ** 3) * 10) / 10} GiB, ${bytes} bytes, ${bytes / SECTOR} sectors`,
      `Units: sectors of 1 * ${SECTOR} = ${SECTOR} bytes`,
      `Sector size (logical/physical): ${SECTOR} bytes / ${SECTOR} bytes`,
      `I/O size (minimum/optimal): ${SECTOR} bytes / ${SECTOR} bytes`,
      'Disklabel type: gpt',
      `Disk identifier: ${uuidOf(host, 'disk').toUpperCase()}`,
      '',
      ...formatTable([['Device', 'Start', 'End', 'Sectors', 'Size', 'Type'], ...rows]),
      '',
    ].join('\n'),
  );
  return 0;
}

export const fdiskPrograms = [program('fdisk', fdisk)];
