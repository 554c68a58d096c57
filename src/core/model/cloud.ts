/** DigitalOcean's words, as our adapters hand them over: validated, camelCase, money in dollars, sizes in MB and GB. */

export interface Account {
  readonly uuid: string;
  readonly email: string;
  readonly status: 'active' | 'warning' | 'locked';
  readonly statusMessage: string;
  readonly isEmailVerified: boolean;
  /** Absent when the token's scopes hide it: unknown, not zero. */
  readonly dropletLimit?: number;
}

export interface SshKey {
  readonly id: number;
  readonly name: string;
  /** MD5, sixteen colon-separated hex bytes. */
  readonly fingerprint: string;
  readonly publicKey: string;
}

export interface Region {
  readonly slug: string;
  readonly name: string;
  readonly isAvailable: boolean;
  readonly features: readonly string[];
  readonly sizeSlugs: readonly string[];
}

export interface Size {
  readonly slug: string;
  readonly memoryMb: number;
  readonly vcpus: number;
  readonly diskGb: number;
  readonly priceMonthly: number;
  readonly priceHourly: number;
  readonly isAvailable: boolean;
  readonly regionSlugs: readonly string[];
}

export interface Image {
  readonly id: number;
  readonly slug?: string;
  readonly name: string;
  readonly distribution: string;
  readonly status: string;
  readonly regionSlugs: readonly string[];
  readonly minDiskGb: number;
}

/** A slug (`coreos-stable`) or the numeric id of a custom image. */
export type ImageRef = string | number;

export type DropletStatus = 'new' | 'active' | 'off' | 'archive';

export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly status: DropletStatus;
  readonly isLocked: boolean;
  readonly createdAt: string;
  readonly regionSlug: string;
  readonly sizeSlug: string;
  readonly priceHourly: number;
  readonly priceMonthly: number;
  readonly publicAddress?: string;
  readonly privateAddress?: string;
  readonly tags: readonly string[];
}

export interface DropletRequest {
  /** At most ten names a call; DigitalOcean refuses more. */
  readonly names: readonly string[];
  readonly regionSlug: string;
  readonly sizeSlug: string;
  readonly image: ImageRef;
  readonly sshKeyIds: readonly number[];
  readonly tags: readonly string[];
  /** Plain text, at most 64 KiB. */
  readonly userData: string;
}

export type DropletActionType = 'power_off' | 'power_on' | 'reboot' | 'power_cycle' | 'shutdown';

export interface DropletAction {
  readonly id: number;
  readonly type: string;
  readonly status: 'in-progress' | 'completed' | 'errored';
}

export interface FirewallRule {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** `"22"`, `"8000-9000"`, or `"0"` for all; icmp has `"0"`. */
  readonly ports: string;
  readonly addresses?: readonly string[];
  readonly tags?: readonly string[];
}

export interface FirewallSpec {
  readonly name: string;
  readonly tags: readonly string[];
  readonly inbound: readonly FirewallRule[];
  readonly outbound: readonly FirewallRule[];
}

export interface Firewall extends FirewallSpec {
  readonly id: string;
  readonly status: 'waiting' | 'succeeded' | 'failed';
}
