import type { ImageEntry, SizeEntry } from './catalogue/catalogue';
import type { Wish } from './dropletChanges';

/** What the cloud keeps in the state file: plain data, times in virtual milliseconds. */

export interface TokenRecord {
  /** SHA-256: the token itself is written nowhere. */
  readonly hash: string;
  /** `*` for everything, `read` for every reading, or DigitalOcean's own such as `droplet:create`. */
  readonly scopes: readonly string[];
}

export interface AccountRecord {
  readonly uuid: string;
  name: string;
  email: string;
  isEmailVerified: boolean;
  status: 'active' | 'warning' | 'locked';
  statusMessage: string;
  dropletLimit: number;
  tokens: TokenRecord[];
}

export interface KeyRecord {
  readonly id: number;
  readonly account: string;
  name: string;
  readonly publicKey: string;
  readonly fingerprint: string;
}

export interface ActionRecord {
  readonly id: number;
  readonly account: string;
  readonly type: string;
  status: 'in-progress' | 'completed' | 'errored';
  readonly startedAt: number;
  completedAt: number | null;
  /** What it is about: a droplet or an image. */
  readonly dropletId?: number;
  readonly imageId?: number;
  readonly regionSlug: string;
  readonly wish?: Wish;
  /** When it is not as long as all of its kind. */
  readonly takesMs?: number;
}

export interface ImageRecord extends ImageEntry {
  /** Absent for the images that everybody sees. */
  readonly account?: string;
  regions?: readonly string[];
  tags?: readonly string[];
  description?: string;
  /** Absent: an imported one. */
  type?: 'snapshot' | 'backup';
  /** The droplet whose disk it is a copy of; that copy is in the state under the image's id. */
  readonly dropletId?: number;
  /** That droplet had been made of an imported image. */
  readonly isOfImported?: boolean;
  /** While an import is under way: when it becomes `pending` and `available`. */
  readonly pendingAt?: number;
  readonly availableAt?: number;
  /** Why there will be none. */
  readonly failure?: string;
}

export interface BackupPolicy {
  readonly plan: 'weekly' | 'daily';
  /** `SUN`; null for a daily plan. */
  readonly weekday: string | null;
  /** UTC, at which its window of four hours begins. */
  readonly hour: number;
}

export interface DropletRecord {
  readonly id: number;
  readonly account: string;
  name: string;
  status: 'new' | 'active' | 'off';
  /** What the inside does: a boot that was cut short by the end of the process starts again. */
  power: 'off' | 'booting' | 'up';
  /** Its units are being stopped; afterwards it stays off or starts again. */
  leaving?: 'off' | 'reboot';
  readonly createdAt: number;
  /** Until then its own address answers 404, as DigitalOcean's does for a moment. */
  readonly visibleAt: number;
  readonly regionSlug: string;
  size: SizeEntry;
  /** When it is not that of the size: after a resize of memory and processors alone. */
  diskGb?: number;
  /** When it is not its name: after a rename. */
  hostName?: string;
  /** `backups`, `ipv6`. */
  features?: readonly string[];
  /** While they are turned on; `lastAt` is when that was, or when the last one was made. */
  backups?: { policy: BackupPolicy; lastAt: number };
  image: ImageRecord;
  readonly keys: readonly string[];
  tags: string[];
  /** Key of `userData` below. */
  readonly userData: string;
  readonly hasMonitoring: boolean;
  publicAddress?: string;
  privateAddress?: string;
  readonly vpc: string;
  pendingAction?: number;
  /** Set by a delete: no longer billed, gone at this moment. */
  goneAt?: number;
}

/** A destroy whose progress may be asked for, also when the droplet is gone. */
export interface DestructionRecord {
  readonly dropletId: number;
  readonly account: string;
  readonly name: string;
  readonly endsAt: number;
  /** What went along. */
  readonly snapshots?: readonly { readonly id: number; readonly name: string }[];
}

export interface TagRecord {
  readonly account: string;
  readonly name: string;
}

/** One side of a rule, as DigitalOcean calls it: `sources` of inbound, `destinations` of outbound rules. */
export interface RulePeers {
  readonly addresses?: readonly string[];
  readonly droplet_ids?: readonly number[];
  readonly tags?: readonly string[];
}

export interface RuleRecord {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly ports: string;
  readonly peers: RulePeers;
}

export interface FirewallRules {
  readonly inbound: readonly RuleRecord[];
  readonly outbound: readonly RuleRecord[];
  readonly dropletIds: readonly number[];
  readonly tags: readonly string[];
}

export interface FirewallRecord {
  readonly id: string;
  readonly account: string;
  name: string;
  readonly createdAt: number;
  /** What was asked for. */
  wanted: FirewallRules;
  /** What holds now; absent until the first change has come through. */
  applied?: FirewallRules;
  /** When `wanted` comes to hold; absent when it does. */
  appliesAt?: number;
}

export interface VpcRecord {
  readonly id: string;
  readonly account: string;
  readonly regionSlug: string;
  readonly createdAt: number;
  name: string;
  description: string;
  /** Joined by the droplets of its region that name no network. */
  isDefault: boolean;
  /** `10.128.0.0/16`. */
  readonly range: string;
  nextHost: number;
}

export interface ProjectRecord {
  readonly id: string;
  readonly account: string;
  name: string;
  description: string;
  purpose: string;
  environment: string;
  isDefault: boolean;
  readonly createdAt: number;
  updatedAt: number;
  /** What was put here by its urn, and when. */
  assigned: Record<string, number>;
}

export type DomainRecordType = 'A' | 'AAAA' | 'CAA' | 'CNAME' | 'MX' | 'NS' | 'SOA' | 'SRV' | 'TXT';

/** One record of a zone; `@` is the domain itself. */
export interface DomainRecordEntry {
  readonly id: number;
  type: DomainRecordType;
  name: string;
  data: string;
  ttl: number;
  priority: number | null;
  port: number | null;
  weight: number | null;
  flags: number | null;
  tag: string | null;
}

export interface DomainRecord {
  readonly account: string;
  readonly name: string;
  readonly ttl: number;
  records: DomainRecordEntry[];
}

/** What is billed: droplets, powered off too, and images of one's own. */
export interface ChargeRecord {
  /** Of an image the droplet that it is a copy of; 0 when it was imported. */
  readonly dropletId: number;
  /** Absent for a droplet. */
  readonly imageId?: number;
  readonly account: string;
  readonly name: string;
  /** Of an image `snapshot`, `backup` or `custom`. */
  readonly sizeSlug: string;
  readonly priceMonthly: number;
  /** What is paid once, whatever its time. */
  readonly price?: number;
  readonly from: number;
  to: number | null;
}

export interface CloudState {
  nextId: number;
  nextAddress: number;
  accounts: AccountRecord[];
  keys: KeyRecord[];
  droplets: DropletRecord[];
  actions: ActionRecord[];
  tags: TagRecord[];
  firewalls: FirewallRecord[];
  images: ImageRecord[];
  vpcs: VpcRecord[];
  projects: ProjectRecord[];
  domains: DomainRecord[];
  charges: ChargeRecord[];
  destructions: DestructionRecord[];
  /** User data by its hash: five droplets of one cluster share one copy. */
  userData: Record<string, string>;
}
