import {
  hourlyPrice,
  regionsWith,
  sizesOf,
  type Catalogue,
  type RegionEntry,
  type SizeEntry,
} from '../../cloud/catalogue/catalogue';
import { netmaskOf } from '../../cloud/cidr';
import { WINDOW_HOURS } from '../../cloud/backupPolicy';
import type { Cloud } from '../../cloud/cloud';
import type {
  ActionRecord,
  DropletRecord,
  FirewallRecord,
  ImageRecord,
  KeyRecord,
  RuleRecord,
  TagRecord,
  VpcRecord,
} from '../../cloud/records';
import { addressingOfDroplet } from '../../cloud/dropletAddressing';
import { diskOf } from '../../cloud/dropletChanges';
import type { NodeAddress } from '../../kernel';

/** Records in DigitalOcean's words; the shapes are those that its own clients were recorded with (traces/digitalocean). */

export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Every droplet of a list carries its region and its size: what never changes is made once. */
const rendered = new WeakMap<object, object>();

function once(entry: object, render: () => object): object {
  const known = rendered.get(entry) ?? render();
  rendered.set(entry, known);
  return known;
}

export function renderRegion(catalogue: Catalogue, region: RegionEntry): object {
  return once(region, () => ({
    ...{ name: region.name, slug: region.slug, features: region.features, available: region.isAvailable },
    sizes: sizesOf(catalogue, region).map((size) => size.slug),
  }));
}

const renderDisk = (gib: number): object[] => [{ type: 'local', size: { amount: gib, unit: 'gib' } }];

export function renderSize(catalogue: Catalogue, size: SizeEntry): object {
  return once(size, () => ({
    ...{ slug: size.slug, memory: size.memoryMb, vcpus: size.vcpus, disk: size.diskGb, transfer: size.transferTb },
    ...{ price_monthly: size.priceMonthly, price_hourly: hourlyPrice(size.priceMonthly) },
    regions: regionsWith(catalogue, size.slug).map((region) => region.slug),
    ...{ available: true, description: 'Basic' },
    disk_info: renderDisk(size.diskGb),
  }));
}

export function renderImage(cloud: Cloud, image: ImageRecord): object {
  return image.account === undefined ? once(image, () => renderAnyImage(cloud, image)) : renderAnyImage(cloud, image);
}

const errorOf = (cloud: Cloud, image: ImageRecord): string =>
  cloud.images.statusOf(image) === 'deleted' ? (image.failure ?? '') : '';

function renderAnyImage(cloud: Cloud, image: ImageRecord): object {
  const isOwn = image.account !== undefined;
  return {
    ...{ id: image.id, name: image.name, distribution: image.distribution, slug: image.slug, public: !isOwn },
    regions: image.regions ?? cloud.catalogue.regions.map((region) => region.slug),
    ...{
      created_at: seconds(image.createdAt),
      min_disk_size: image.minDiskGb,
      type: isOwn ? (image.type ?? 'custom') : 'base',
    },
    ...{ size_gigabytes: image.sizeGb, description: image.description ?? '', tags: image.tags ?? [] },
    ...{ status: cloud.images.statusOf(image), error_message: errorOf(cloud, image) },
  };
}

export function renderSnapshot(image: ImageRecord): object {
  return {
    ...{ id: String(image.id), name: image.name, created_at: seconds(image.createdAt), regions: image.regions ?? [] },
    ...{ min_disk_size: image.minDiskGb, size_gigabytes: image.sizeGb },
    ...{ resource_id: String(image.dropletId ?? ''), resource_type: 'droplet', tags: image.tags ?? [] },
  };
}

const seconds = (time: string): string => timestamp(Date.parse(time));

export function renderKey(key: KeyRecord): object {
  return { id: key.id, fingerprint: key.fingerprint, public_key: key.publicKey, name: key.name };
}

function renderNetworks(cloud: Cloud, droplet: DropletRecord): object {
  if (droplet.publicAddress === undefined || droplet.privateAddress === undefined) return { v4: [], v6: [] };
  const { public: outer, private: inner } = addressingOfDroplet(droplet, cloud.store.data.vpcs);
  const v4 = ({ address, bits, gateway }: NodeAddress, type: string): object => ({
    ...{ ip_address: address, netmask: netmaskOf({ base: 0, bits }), gateway, type },
  });
  const { v6 } = outer;
  return {
    v4: [v4(inner.v4, 'private'), v4(outer.v4, 'public')],
    v6: v6 === undefined ? [] : [{ ip_address: v6.address, netmask: v6.bits, gateway: v6.gateway, type: 'public' }],
  };
}

/** Made in the other catalogue's time the region may be no more, but a client reads its slug all the same. */
function renderRegionOf({ catalogue }: Cloud, slug: string): object {
  const region = catalogue.regions.find((candidate) => candidate.slug === slug);
  if (region !== undefined) return renderRegion(catalogue, region);
  return { name: slug, slug, features: [], available: false, sizes: [] };
}

function projectOf(cloud: Cloud, droplet: DropletRecord): object {
  const account = cloud.accounts.byId(droplet.account);
  return account === undefined ? {} : { project_id: cloud.projects.of(account, `do:droplet:${droplet.id}`).id };
}

export function renderBackupWindow(cloud: Cloud, droplet: DropletRecord): object | null {
  const start = cloud.backups.nextWindow(droplet);
  if (start === undefined) return null;
  return { start: timestamp(start), end: timestamp(start + WINDOW_HOURS * 3_600_000) };
}

const idsOf = (images: readonly ImageRecord[]): number[] => images.map(({ id }) => id);

const isLocked = ({ pendingAction, goneAt }: DropletRecord): boolean =>
  pendingAction !== undefined || goneAt !== undefined;

export function renderDroplet(cloud: Cloud, droplet: DropletRecord): object {
  const { size } = droplet;
  return {
    ...{ id: droplet.id, name: droplet.name, memory: size.memoryMb, vcpus: size.vcpus, disk: diskOf(droplet) },
    ...{ disk_info: renderDisk(diskOf(droplet)), locked: isLocked(droplet) },
    ...{ status: droplet.status, kernel: null, created_at: timestamp(droplet.createdAt) },
    features: ['private_networking', ...(droplet.features ?? []), ...(droplet.hasMonitoring ? ['monitoring'] : [])],
    ...{ backup_ids: idsOf(cloud.diskImages.of(droplet, 'backup')), volume_ids: [] },
    next_backup_window: renderBackupWindow(cloud, droplet),
    snapshot_ids: idsOf(cloud.diskImages.of(droplet, 'snapshot')),
    image: renderImage(cloud, droplet.image),
    ...{ size: renderSize(cloud.catalogue, size), size_slug: size.slug },
    ...{ networks: renderNetworks(cloud, droplet), region: renderRegionOf(cloud, droplet.regionSlug) },
    ...{ tags: droplet.tags, vpc_uuid: droplet.vpc },
    ...projectOf(cloud, droplet),
  };
}

export function renderAction(cloud: Cloud, action: ActionRecord): object {
  return {
    ...{ id: action.id, status: action.status, type: action.type, started_at: timestamp(action.startedAt) },
    completed_at: action.completedAt === null ? null : timestamp(action.completedAt),
    resource_id: action.dropletId ?? action.imageId ?? 0,
    resource_type: action.imageId === undefined ? 'droplet' : 'image',
    ...{ region: renderRegionOf(cloud, action.regionSlug), region_slug: action.regionSlug },
  };
}

export function renderTag(cloud: Cloud, tag: TagRecord): object {
  const { length } = cloud.tags.dropletsWith(tag.account, tag.name);
  const images = cloud.tags.imagesWith(tag.account, tag.name).length;
  const none = { count: 0 };
  return {
    name: tag.name,
    resources: {
      ...{ count: length + images, droplets: { count: length }, images: { count: images }, volumes: none },
      ...{ volume_snapshots: none, databases: none },
    },
  };
}

function renderRule(side: 'sources' | 'destinations', rule: RuleRecord): object {
  return { protocol: rule.protocol, ports: rule.ports, [side]: rule.peers };
}

export function renderFirewall(cloud: Cloud, firewall: FirewallRecord): object {
  const { inbound, outbound, dropletIds, tags } = firewall.wanted;
  const pending = cloud.firewalls.pendingChanges(firewall);
  return {
    ...{ id: firewall.id, name: firewall.name, created_at: timestamp(firewall.createdAt) },
    status: firewall.appliesAt === undefined ? 'succeeded' : 'waiting',
    inbound_rules: inbound.map((rule) => renderRule('sources', rule)),
    outbound_rules: outbound.map((rule) => renderRule('destinations', rule)),
    ...{ droplet_ids: dropletIds, tags },
    pending_changes: pending.map(({ dropletId, isRemoving }) => ({
      ...{ droplet_id: dropletId, removing: isRemoving, status: 'waiting' },
    })),
  };
}

export function renderVpc(vpc: VpcRecord): object {
  return {
    ...{ id: vpc.id, urn: `do:vpc:${vpc.id}`, name: vpc.name, description: vpc.description },
    ...{ region: vpc.regionSlug, ip_range: vpc.range, default: vpc.isDefault },
    created_at: timestamp(vpc.createdAt),
  };
}
