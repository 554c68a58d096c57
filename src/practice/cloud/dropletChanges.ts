import type { Catalogue, SizeEntry } from './catalogue/catalogue';
import { policyOf, type AskedPolicy } from './backupPolicy';
import { checkName } from './dropletRequest';
import { isImported } from './images';
import type { ActionRecord, BackupPolicy, DropletRecord } from './records';
import { unprocessable } from './refusal';

export const CHANGES = [
  'rename',
  'resize',
  'enable_backups',
  'disable_backups',
  'change_backup_policy',
  'enable_ipv6',
] as const;
export type ChangeAction = (typeof CHANGES)[number];

/** What a rename, a resize or a snapshot asks for; kept with its action, so that it still happens after a restart of the process. */
export interface Wish {
  readonly name?: string;
  readonly size?: SizeEntry;
  /** The disk grows with the rest, which cannot be taken back. */
  readonly hasDisk?: boolean;
  /** Of a snapshot or a backup that is being taken: its id, what it takes, and what disk it wants. */
  readonly imageId?: number;
  readonly sizeGb?: number;
  readonly diskGb?: number;
  readonly policy?: BackupPolicy;
}

export interface AskedChange {
  readonly name?: string | undefined;
  readonly size?: string | undefined;
  readonly disk?: boolean | undefined;
  readonly policy?: AskedPolicy | undefined;
}

export interface Asked {
  readonly type: ChangeAction;
  readonly change: AskedChange;
  readonly now: number;
}

export const diskOf = ({ diskGb, size }: DropletRecord): number => diskGb ?? size.diskGb;

/** Throws the refusal that DigitalOcean answers with. */
export function wishOf(catalogue: Catalogue, droplet: DropletRecord, { type, change: asked, now }: Asked): Wish {
  const { features = [] } = droplet;
  switch (type) {
    case 'rename':
      checkName(asked.name ?? '');
      return { name: asked.name ?? '' };
    case 'resize':
      return { size: sizeFor(catalogue, droplet, asked.size), hasDisk: asked.disk ?? false };
    case 'enable_backups':
      if (features.includes('backups')) throw unprocessable('Backups have already been enabled on this Droplet.');
      return { policy: policyOf(asked.policy ?? {}, now) };
    case 'disable_backups':
    case 'change_backup_policy':
      if (!features.includes('backups')) throw unprocessable('Backups have already been disabled on this Droplet.');
      return type === 'disable_backups' ? {} : { policy: policyOf(asked.policy ?? {}, now) };
    case 'enable_ipv6':
      if (features.includes('ipv6')) throw unprocessable('IPv6 has already been enabled on this Droplet.');
      if (isImported(droplet.image)) throw unprocessable('image is not compatible with ipv6');
      return {};
  }
}

function sizeFor(catalogue: Catalogue, droplet: DropletRecord, slug: string | undefined): SizeEntry {
  const size = catalogue.sizes.find((one) => one.slug === slug);
  if (size === undefined) throw unprocessable('You specified an invalid size for Droplet resize.');
  if (size.slug === droplet.size.slug) throw unprocessable('The droplet is already set to this size.');
  const region = catalogue.regions.find((one) => one.slug === droplet.regionSlug);
  if (region?.lacks?.includes(size.slug) === true) throw unprocessable('Size is not available in this region.');
  if (droplet.status === 'active') {
    throw unprocessable('Droplet is currently on. Please power it off to run this event.');
  }
  if (size.diskGb < diskOf(droplet)) throw unprocessable('This size is not available because it has a smaller disk.');
  return size;
}

/** Carries out what was wished for. True when the machine is another one now. */
export function applyChange(droplet: DropletRecord, { type, wish = {} }: ActionRecord, now: number): boolean {
  const { features = [] } = droplet;
  if (wish.name !== undefined) {
    // What the machine calls itself it was told when it was made.
    droplet.hostName ??= droplet.name;
    droplet.name = wish.name;
  }
  if (wish.policy !== undefined) droplet.backups = { policy: wish.policy, lastAt: now };
  if (type === 'disable_backups') {
    droplet.features = features.filter((feature) => feature !== 'backups');
    delete droplet.backups;
  }
  if (type.startsWith('enable_')) droplet.features = [...features, type.slice('enable_'.length)];
  if (wish.size === undefined) return false;
  droplet.diskGb = wish.hasDisk === true ? wish.size.diskGb : diskOf(droplet);
  droplet.size = wish.size;
  return true;
}
