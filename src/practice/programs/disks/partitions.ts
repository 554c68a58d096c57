import { createHash } from 'node:crypto';
import type { Host } from '../../kernel';

export interface Partition {
  readonly number: number;
  readonly label: string;
  readonly sizeMb: number;
  readonly kind: string;
  /** Absent: no file system in it. */
  readonly fileSystem?: 'vfat' | 'ext4';
}

/** CoreOS's disk layout (coreos/scripts, disk_layout.json); only the root partition grows with the droplet's disk. */
export const partitionsOf = ({ resources }: Host): readonly Partition[] => [
  { number: 1, label: 'EFI-SYSTEM', sizeMb: 128, kind: 'EFI System', fileSystem: 'vfat' },
  { number: 2, label: 'BIOS-BOOT', sizeMb: 2, kind: 'BIOS boot' },
  { number: 3, label: 'USR-A', sizeMb: 1024, kind: 'unknown', fileSystem: 'ext4' },
  { number: 4, label: 'USR-B', sizeMb: 1024, kind: 'unknown' },
  { number: 6, label: 'OEM', sizeMb: 128, kind: 'Linux filesystem', fileSystem: 'ext4' },
  { number: 7, label: 'OEM-CONFIG', sizeMb: 64, kind: 'unknown' },
  { number: 9, label: 'ROOT', sizeMb: Math.round(resources.diskTotalMb), kind: 'unknown', fileSystem: 'ext4' },
];

/** The same for the life of the droplet, another on each. */
export function uuidOf({ machineId }: Host, what: string): string {
  const digits = createHash('sha256').update(`${machineId} ${what}`).digest('hex');
  return [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`]
    .concat(digits.slice(20, 32))
    .join('-');
}
