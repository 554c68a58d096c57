import type { Cluster } from './names';
import { readTrace } from './readme';

/** Who was who in the recording: its addresses are 10.77.0.11 to .15 for deis-1 to deis-5, and its list says whose ids they had. */
export function recordedCluster(folder: string): Cluster {
  const list = readTrace(
    folder === 'fleet-0.11.7'
      ? `${folder}/list-machines-full-no-legend.txt`
      : 'fleetctl/list-machines-full-no-legend.txt',
  );
  const numbers = [1, 2, 3, 4, 5];
  const addresses = numbers.map((number) => `10.77.0.1${number}`);
  const idAt = (address: string): string =>
    list
      .split('\n')
      .find((line) => line.split('\t').includes(address))
      ?.slice(0, 32) ?? '';
  return {
    ...{ machines: addresses.map(idAt), addresses, hosts: numbers.map((number) => `deis-${number}`) },
    others: { '3c067abea3794172966fe743432f87e3': '‹token›', '10.77.0.1': '‹client›' },
  };
}
