import * as vscode from 'vscode';
import { formatMoney } from '../../core/model/cost';
import type { Size } from '../../core/model/cloud';
import type { ClusterSpec, ProviderName } from '../../core/model/cluster';
import { failureTolerance, quorumSize } from '../../core/model/quorum';
import type { Choices } from '../../core/operator';
import { count } from '../words';
import type { Choice } from './wizard';

/** The answers that the questions of a create offer. */

/** Swap of 4 GB, the system and the images of the platform: the guide's disk has 20 GB and that is just enough. */
const MIN_DISK_GB = 20;

export function providerItems(): Choice<ProviderName>[] {
  return [
    {
      label: '$(beaker) Practice cloud',
      description: 'free, offline',
      detail: 'A simulation on this computer: real API, real SSH, made-up droplets.',
      value: 'practice',
    },
    {
      label: '$(cloud) DigitalOcean',
      description: 'costs money',
      detail: 'Real droplets in your account. You see every obstacle and the price before anything is created.',
      value: 'digitalocean',
    },
  ];
}

export function regionItems(choices: Choices | undefined): Choice<string>[] {
  const regions = [...(choices?.regions ?? [])].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  return regions.map(({ slug, name }) => ({
    label: name,
    description: slug,
    ...(slug === 'nyc3' ? { detail: 'The one the guide uses.' } : {}),
    value: slug,
  }));
}

/** Those with enough disk first. The guide's size when it is offered, else the cheapest that fits. */
export function sizeItems(
  choices: Choices | undefined,
  spec: ClusterSpec,
): { items: (Choice<string> | vscode.QuickPickItem)[]; preferred: string | undefined } {
  const offered = (choices?.sizes ?? []).filter(
    (size) => size.regionSlugs.length === 0 || size.regionSlugs.includes(spec.regionSlug),
  );
  const fitting = offered.filter((size) => size.diskGb >= MIN_DISK_GB);
  const small = offered.filter((size) => size.diskGb < MIN_DISK_GB);
  const preferred = (fitting.find(({ slug }) => slug === spec.sizeSlug) ?? fitting[0])?.slug;
  const item = (size: Size): Choice<string> => ({
    label: size.slug,
    description: `${formatMoney(size.priceMonthly)} a month each`,
    detail: describeSize(size, size.slug === preferred),
    value: size.slug,
  });
  const divider = { label: 'disk too small for swap of 4 GB', kind: vscode.QuickPickItemKind.Separator };
  return { items: [...fitting.map(item), ...(small.length === 0 ? [] : [divider, ...small.map(item)])], preferred };
}

function describeSize({ memoryMb, vcpus, diskGb }: Size, isPreferred: boolean): string {
  const memory = memoryMb < 1024 ? `${memoryMb} MB` : `${memoryMb / 1024} GB`;
  const facts = `${memory} of memory · ${count(vcpus, 'processor')} · ${diskGb} GB disk`;
  return isPreferred ? `${facts} · cheapest that is enough` : facts;
}

/** Quorum is arithmetic, so here it is. */
export function instanceItems(choices: Choices | undefined, spec: ClusterSpec): Choice<number>[] {
  const size = choices?.sizes.find(({ slug }) => slug === spec.sizeSlug);
  return [5, 3, 4, 6, 7, 8, 9].map((n) => {
    const money = size === undefined ? undefined : `${formatMoney(size.priceMonthly * n)} a month`;
    return {
      label: count(n, 'node'),
      ...(money === undefined ? {} : { description: money }),
      detail: describeQuorum(n),
      value: n,
    };
  });
}

function describeQuorum(n: number): string {
  const arithmetic = `${quorumSize(n)} of ${n} must be up, so ${failureTolerance(n)} may fail`;
  if (n === 5) {
    return `${arithmetic}. What the guide recommends.`;
  }
  if (n % 2 === 0) {
    return `${arithmetic}, as with ${n - 1}. Not recommended: more cost, no more safety.`;
  }
  return n < 5
    ? `${arithmetic}. Not recommended: strange failures after losing one.`
    : `${arithmetic}. Slower writes; larger nodes help more.`;
}
