import { randomInt } from 'node:crypto';
import { clusterTag } from '../model/cluster';

const TAG_PREFIX = clusterTag('');

/** The id in a tag of ours; undefined for anybody else's tag. */
export const clusterIdOfTag = (tag: string): string | undefined =>
  tag.startsWith(TAG_PREFIX) ? tag.slice(TAG_PREFIX.length) : undefined;

/** What cannot carry our tag carries the cluster's id in its name. */
export const sshKeyName = (clusterId: string): string => `deis-cluster-${clusterId}`;
export const firewallName = (clusterId: string): string => `deis-cluster-${clusterId}`;

const SUFFIX = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Prefix and five random characters; of letters a tag may have (digitalocean openapi, tags: letters, digits, `:`, `-`, `_`). */
export function newClusterId(prefix: string): string {
  const suffix = Array.from({ length: 5 }, () => SUFFIX.charAt(randomInt(SUFFIX.length))).join('');
  return `${prefix.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')}-${suffix}`;
}

/**
 * A domain that needs no DNS of one's own: any name below it resolves to the node. With dashes, since Deis refuses a label
 * of digits only. It pins everything to one node: convenient, not fault-tolerant.
 */
export const wildcardDomain = (publicAddress: string): string => `${publicAddress.replaceAll('.', '-')}.sslip.io`;
