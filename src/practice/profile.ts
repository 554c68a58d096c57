import type { Profile } from './kernel';

/**
 * Minutes as a droplet of 2016 took them: about a minute from the call to `active`, and images at the 6 MB/s at which a registry
 * and one busy processor hand over compressed layers.
 */
const realistic: Profile = {
  name: 'default',
  createMs: 45_000,
  bootMs: 20_000,
  actionMs: 6_000,
  pullMs: (_image, sizeMb) => 2_000 + (sizeMb / 6) * 1000,
  copyMs: (gigabytes) => gigabytes * 120_000, // "roughly 2 minutes per GB of used space" (DigitalOcean's help on backups)
};

/** The delays under which the guide's own tools were timed: droplets boot in 3 s, images take 2 s (traces/README.md). */
const lab: Profile = {
  name: 'lab',
  createMs: 1_000,
  bootMs: 3_000,
  actionMs: 1_000,
  pullMs: () => 2_000,
  copyMs: () => 2_000,
};

export const profiles: Readonly<Record<Profile['name'], Profile>> = { default: realistic, lab };
