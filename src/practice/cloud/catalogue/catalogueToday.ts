import type { ImageEntry, RegionEntry, SizeEntry } from './catalogue';

/** What DigitalOcean offers now: neither a CoreOS image nor the size 512mb, which is what the guide needs. */

const usual = ['private_networking', 'backups', 'ipv6', 'metadata', 'install_agent', 'storage', 'image_transfer'];
const noSmallest = ['s-1vcpu-512mb-10gb'];

export const regionsToday: readonly RegionEntry[] = [
  { slug: 'nyc1', name: 'New York 1', isAvailable: true, features: usual },
  { slug: 'nyc2', name: 'New York 2', isAvailable: false, features: usual },
  { slug: 'nyc3', name: 'New York 3', isAvailable: true, features: usual },
  { slug: 'sfo2', name: 'San Francisco 2', isAvailable: false, features: usual, lacks: noSmallest },
  { slug: 'sfo3', name: 'San Francisco 3', isAvailable: true, features: usual, lacks: noSmallest },
  { slug: 'ams3', name: 'Amsterdam 3', isAvailable: true, features: usual },
  { slug: 'sgp1', name: 'Singapore 1', isAvailable: true, features: usual, lacks: noSmallest },
  { slug: 'lon1', name: 'London 1', isAvailable: true, features: usual, lacks: noSmallest },
  { slug: 'fra1', name: 'Frankfurt 1', isAvailable: true, features: usual },
  { slug: 'tor1', name: 'Toronto 1', isAvailable: true, features: usual, lacks: noSmallest },
  { slug: 'blr1', name: 'Bangalore 1', isAvailable: true, features: usual, lacks: noSmallest },
  { slug: 'syd1', name: 'Sydney 1', isAvailable: true, features: usual },
];

const size = (slug: string, memoryMb: number, rest: [number, number, number, number]): SizeEntry => {
  const [vcpus, diskGb, transferTb, priceMonthly] = rest;
  return { slug, memoryMb, vcpus, diskGb, transferTb, priceMonthly };
};

export const sizesToday: readonly SizeEntry[] = [
  size('s-1vcpu-512mb-10gb', 512, [1, 10, 0.5, 4]),
  size('s-1vcpu-1gb', 1024, [1, 25, 1, 6]),
  size('s-1vcpu-1gb-amd', 1024, [1, 25, 1, 7]),
  size('s-1vcpu-1gb-intel', 1024, [1, 25, 1, 7]),
  size('s-1vcpu-2gb', 2048, [1, 50, 2, 12]),
  size('s-2vcpu-2gb', 2048, [2, 60, 3, 18]),
  size('s-2vcpu-4gb', 4096, [2, 80, 4, 24]),
  size('s-4vcpu-8gb', 8192, [4, 160, 5, 48]),
  size('s-8vcpu-16gb', 16384, [8, 320, 6, 96]),
];

const image = (id: number, slug: string, rest: [string, string, number, string]): ImageEntry => {
  const [distribution, name, minDiskGb, createdAt] = rest;
  return { id, slug, distribution, name, minDiskGb, createdAt, sizeGb: 0.6 };
};

export const imagesToday: readonly ImageEntry[] = [
  image(155133621, 'ubuntu-24-04-x64', ['Ubuntu', '24.04 (LTS) x64', 7, '2026-05-12T17:21:11Z']),
  image(129211873, 'ubuntu-22-04-x64', ['Ubuntu', '22.04 (LTS) x64', 7, '2026-05-12T17:02:40Z']),
  image(63663980, 'debian-12-x64', ['Debian', '12 x64', 7, '2026-04-22T15:34:02Z']),
  image(193548012, 'debian-13-x64', ['Debian', '13 x64', 7, '2026-04-22T15:58:36Z']),
  image(171239877, 'centos-stream-10-x64', ['CentOS', 'Stream 10 x64', 10, '2026-03-03T20:12:19Z']),
  image(198827361, 'fedora-43-x64', ['Fedora', '43 x64', 15, '2026-01-15T18:40:55Z']),
  image(166472219, 'rockylinux-10-x64', ['Rocky Linux', '10 x64', 10, '2026-03-03T20:30:47Z']),
];
