import type { ImageEntry, RegionEntry, SizeEntry } from './catalogue';

/** What DigitalOcean offered in mid 2016, when the guide was written: plain sizes, and CoreOS with etcd2 and fleet in it. */

const usual = ['private_networking', 'backups', 'ipv6', 'metadata', 'install_agent'];

export const regions2016: readonly RegionEntry[] = [
  { slug: 'nyc1', name: 'New York 1', isAvailable: true, features: usual },
  { slug: 'nyc2', name: 'New York 2', isAvailable: true, features: usual, lacks: ['512mb', '64gb'] },
  { slug: 'nyc3', name: 'New York 3', isAvailable: true, features: usual },
  { slug: 'sfo1', name: 'San Francisco 1', isAvailable: true, features: usual },
  { slug: 'sfo2', name: 'San Francisco 2', isAvailable: true, features: [...usual, 'storage'] },
  { slug: 'ams1', name: 'Amsterdam 1', isAvailable: false, features: ['backups'] },
  { slug: 'ams2', name: 'Amsterdam 2', isAvailable: true, features: usual },
  { slug: 'ams3', name: 'Amsterdam 3', isAvailable: true, features: usual },
  { slug: 'sgp1', name: 'Singapore 1', isAvailable: true, features: usual },
  { slug: 'lon1', name: 'London 1', isAvailable: true, features: usual },
  { slug: 'fra1', name: 'Frankfurt 1', isAvailable: true, features: usual },
  { slug: 'tor1', name: 'Toronto 1', isAvailable: true, features: usual },
  { slug: 'blr1', name: 'Bangalore 1', isAvailable: true, features: usual },
];

const size = (slug: string, memoryMb: number, rest: [number, number, number, number]): SizeEntry => {
  const [vcpus, diskGb, transferTb, priceMonthly] = rest;
  return { slug, memoryMb, vcpus, diskGb, transferTb, priceMonthly };
};

export const sizes2016: readonly SizeEntry[] = [
  size('512mb', 512, [1, 20, 1, 5]),
  size('1gb', 1024, [1, 30, 2, 10]),
  size('2gb', 2048, [2, 40, 3, 20]),
  size('4gb', 4096, [2, 60, 4, 40]),
  size('8gb', 8192, [4, 80, 5, 80]),
  size('16gb', 16384, [8, 160, 6, 160]),
  size('32gb', 32768, [12, 320, 7, 320]),
  size('48gb', 49152, [16, 480, 8, 480]),
  size('64gb', 65536, [20, 640, 9, 640]),
];

const image = (id: number, slug: string, rest: [string, string, number, string]): ImageEntry => {
  const [distribution, name, sizeGb, createdAt] = rest;
  return { id, slug, distribution, name, sizeGb, createdAt, minDiskGb: 20 };
};

export const images2016: readonly ImageEntry[] = [
  image(16040476, 'coreos-stable', ['CoreOS', '899.17.0 (stable)', 0.3, '2016-04-05T18:10:52Z']),
  image(17384153, 'coreos-beta', ['CoreOS', '1010.4.0 (beta)', 0.31, '2016-05-28T02:33:21Z']),
  image(17521108, 'coreos-alpha', ['CoreOS', '1068.0.0 (alpha)', 0.32, '2016-06-07T17:22:13Z']),
  image(15621816, 'ubuntu-14-04-x64', ['Ubuntu', '14.04.4 x64', 0.43, '2016-02-19T22:41:31Z']),
  image(17154032, 'ubuntu-16-04-x64', ['Ubuntu', '16.04 x64', 0.32, '2016-05-10T20:49:10Z']),
  image(14486855, 'debian-8-x64', ['Debian', '8.4 x64', 0.34, '2016-01-06T21:12:25Z']),
  image(14782728, 'centos-7-x64', ['CentOS', '7.2 x64', 0.4, '2016-01-12T22:27:06Z']),
  image(17048226, 'fedora-23-x64', ['Fedora', '23 x64', 0.46, '2016-05-03T19:38:49Z']),
  image(13321858, 'freebsd-10-2-x64', ['FreeBSD', '10.2', 0.51, '2015-08-26T21:01:31Z']),
];
