import { COMPONENTS, OTHER_IMAGES_MB, UNPACKED } from '../host/resources/weights';

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
    OTHER_IMAGES_MB[repository] ??
    // Deis published tags of released versions and nothing else.
    (component !== undefined && /^(?:v1\.\d+\.\d+|latest)$/.test(tag) ? COMPONENTS[component]?.imageMb : undefined);
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
