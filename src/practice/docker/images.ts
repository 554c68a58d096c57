/** Compressed sizes of what the cluster pulls, in MB; Deis's images share one Alpine or Ubuntu base (facts/deisctl.md §7). */
const DEIS_MB: Readonly<Record<string, number>> = {
  'store-monitor': 105,
  'store-daemon': 105,
  'store-metadata': 105,
  'store-gateway': 118,
  'store-admin': 104,
  logger: 12,
  logspout: 9,
  database: 132,
  registry: 128,
  controller: 142,
  builder: 148,
  publisher: 10,
  router: 62,
};

const OTHER_MB: Readonly<Record<string, number>> = {
  alpine: 3,
  busybox: 1,
  ubuntu: 66,
  'ubuntu-debootstrap': 40,
  debian: 51,
  'deis/base': 60,
  'deis/helloworld': 8,
  'deis/example-go': 9,
  'deis/slugrunner': 260,
  'deis/slugbuilder': 280,
};

/** On disk an image takes about three times what travels. */
const UNPACKED = 3;

export interface ImageFacts {
  /** `deis/router`, without tag. */
  readonly repository: string;
  readonly tag: string;
  readonly pulledMb: number;
  readonly diskMb: number;
}

/** `deis/router:v1.13.1` → its facts; undefined for what no registry of the model has. */
export function imageFacts(reference: string): ImageFacts | undefined {
  const { repository, tag } = splitReference(reference);
  const component = /^deis\/([a-z-]+)$/.exec(repository)?.[1];
  const pulledMb =
    OTHER_MB[repository] ??
    // Deis published tags of released versions and nothing else.
    (component !== undefined && /^(?:v1\.\d+\.\d+|latest)$/.test(tag) ? DEIS_MB[component] : undefined);
  return pulledMb === undefined ? undefined : { repository, tag, pulledMb, diskMb: pulledMb * UNPACKED };
}

export function splitReference(reference: string): { repository: string; tag: string } {
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/')
    ? { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) }
    : { repository: reference, tag: 'latest' };
}

/** `router` for `deis/router:v1.13.1`. */
export const componentOf = (reference: string): string | undefined =>
  /(?:^|\/)deis\/([a-z-]+)$/.exec(splitReference(reference).repository)?.[1];
