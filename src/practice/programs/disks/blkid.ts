import type { ProgramContext } from '../program';
import { program } from '../program';
import type { Partition } from './partitions';
import { partitionsOf, uuidOf } from './partitions';

/** Exit code of blkid(8) when it found nothing. */
const NOTHING = 2;

function blkid(context: ProgramContext): number {
  const wanted = context.args.filter((arg) => !arg.startsWith('-'));
  const found = partitionsOf(context.host).filter(
    ({ number }) => wanted.length === 0 || wanted.includes(`/dev/vda${number}`),
  );
  // The devices are root's to read.
  if (context.user !== 'root' || found.length === 0) return NOTHING;
  context.stdout(found.map((one) => `/dev/vda${one.number}: ${tagsOf(context, one)}\n`).join(''));
  return 0;
}

function tagsOf({ host }: ProgramContext, { label, fileSystem }: Partition): string {
  const uuid = uuidOf(host, label);
  const volume = fileSystem === 'vfat' ? `${uuid.slice(0, 4)}-${uuid.slice(4, 8)}`.toUpperCase() : uuid;
  const inside = fileSystem === undefined ? '' : `LABEL="${label}" UUID="${volume}" TYPE="${fileSystem}" `;
  return `${inside}PARTLABEL="${label}" PARTUUID="${uuidOf(host, `partition ${label}`)}"`;
}

export const blkidPrograms = [program('blkid', blkid)];
