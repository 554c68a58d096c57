import type { HostSpec, Ledger, PoweredHost, Profile, Random, StateFile, Timeline } from '../kernel';
import { Accounts } from './accounts';
import { Backups } from './backups';
import { Billing } from './billing';
import type { Catalogue } from './catalogue/catalogue';
import { DiskImages, type Disks } from './diskImages';
import { Domains } from './domains';
import { Droplets } from './droplets';
import { Firewalls } from './firewalls';
import { ImageActions } from './imageActions';
import { Images } from './images';
import { Keys } from './keys';
import { Lifecycle } from './lifecycle';
import type { PowerListener } from './machine';
import { Projects } from './projects';
import { CloudStore } from './store';
import { Tags } from './tags';
import { Vpcs } from './vpcs';

export interface CloudParts {
  readonly state: StateFile;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly profile: Profile;
  readonly catalogue: Catalogue;
  readonly createHost: (spec: HostSpec) => PoweredHost;
  readonly listener: PowerListener;
  readonly disks: Disks;
}

/** DigitalOcean's side of the practice cloud: everything an account has, and what becomes of it over time. */
export interface Cloud {
  readonly store: CloudStore;
  readonly catalogue: Catalogue;
  readonly timeline: Timeline;
  readonly accounts: Accounts;
  readonly billing: Billing;
  readonly images: Images;
  readonly diskImages: DiskImages;
  readonly backups: Backups;
  readonly imageActions: ImageActions;
  readonly keys: Keys;
  readonly tags: Tags;
  readonly vpcs: Vpcs;
  readonly projects: Projects;
  readonly firewalls: Firewalls;
  readonly domains: Domains;
  readonly droplets: Droplets;
  readonly lifecycle: Lifecycle;
}

export function createCloud(parts: CloudParts): Cloud {
  const { timeline, catalogue, random } = parts;
  const store = new CloudStore(parts.state);
  const accounts = new Accounts(store, random);
  const billing = new Billing(store);
  const images = new Images(store, catalogue, timeline, billing, (id) => parts.disks.remove(id));
  const diskImages = new DiskImages({ store, timeline, billing, images });
  const imageActions = new ImageActions({ store, timeline, catalogue, billing, images });
  const keys = new Keys(store);
  const tags = new Tags(store);
  const vpcs = new Vpcs(store, random, catalogue.name === '2016' ? 16 : 20);
  const projects = new Projects(store, random);
  const domains = new Domains(store);
  const firewalls = new Firewalls({ store, timeline, random, tags });
  const lifecycle = new Lifecycle({ ...parts, store, vpcs, billing, firewalls, diskImages });
  const backups = new Backups({ store, timeline, billing, images, diskImages, lifecycle });
  const shared = {
    store,
    catalogue,
    timeline,
    accounts,
    billing,
    images,
    diskImages,
    backups,
    imageActions,
    keys,
    tags,
    vpcs,
    projects,
    domains,
    firewalls,
    lifecycle,
  };
  return { ...shared, droplets: new Droplets({ ...shared, disks: parts.disks }) };
}
