import type { CloudApi } from '../../core/ports';
import { account } from './account';
import type { Access } from './call';
import { catalogue } from './catalogue';
import { droplets } from './droplets';
import { firewalls } from './firewalls';
import { sshKeys } from './sshKeys';
import { tags } from './tags';

/** DigitalOcean's API v2 for one account. Cheap to make: address and token are asked for at each request. */
export function createCloudApi(access: Access): CloudApi {
  return {
    ...account(access),
    ...catalogue(access),
    ...sshKeys(access),
    ...tags(access),
    ...firewalls(access),
    ...droplets(access),
  };
}
