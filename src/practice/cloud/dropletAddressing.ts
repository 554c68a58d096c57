import type { Addressing } from '../kernel';
import { addressingOf } from '../network/addressing';
import type { DropletRecord, VpcRecord } from './records';
import { cidrOf } from './vpcs';

/** How a droplet's interfaces are configured by what is known of it now; its addresses are empty before it has any. */
export function addressingOfDroplet(droplet: DropletRecord, vpcs: readonly VpcRecord[]): Addressing {
  const { id: dropletId, publicAddress = '', privateAddress = '', features = [] } = droplet;
  const vpc = vpcs.find(({ id }) => id === droplet.vpc);
  return addressingOf(
    { dropletId, publicAddress, privateAddress },
    { ...(vpc !== undefined && { range: cidrOf(vpc) }), hasV6: features.includes('ipv6') },
  );
}
