import type { Image, Size } from '../model/cloud';
import type { ClusterSpec } from '../model/cluster';
import type { Obstacle } from '../operator';
import { obstacle, warning } from './specRules';

/** fleet and etcd2 were taken out of CoreOS in alpha 1675.0.1, February 2018 (coreos/fleet, pull request 1731). */
const FIRST_WITHOUT_FLEET = 1675;
const OWN_IMAGE =
  'Import a CoreOS image of before that (Deis was tested with 899.17.0 and 1068.8.0) into the account as a custom image, and give its numeric id as the image.';

/** Says plainly what of 2016 no longer exists. */
export function checkImage(image: Image | undefined, spec: ClusterSpec, size: Size | undefined): Obstacle[] {
  if (image === undefined) {
    return [obstacle(describeAbsence(spec.image), 'openSettings')];
  }
  const found: Obstacle[] = [...checkContents(image), ...checkStatus(image)];
  if (image.regionSlugs.length > 0 && !image.regionSlugs.includes(spec.regionSlug)) {
    found.push(
      obstacle(
        `The image ${image.name} is not in ${spec.regionSlug}, only in ${image.regionSlugs.join(', ')}. Choose one of these or transfer the image.`,
      ),
    );
  }
  if (size !== undefined && image.minDiskGb > size.diskGb) {
    found.push(
      obstacle(`The image ${image.name} needs a disk of ${image.minDiskGb} GB; ${size.slug} has ${size.diskGb} GB.`),
    );
  }
  return found;
}

function describeAbsence(ref: ClusterSpec['image']): string {
  if (typeof ref === 'number') {
    return `The account has no image with the id ${ref}.`;
  }
  if (!ref.startsWith('coreos')) {
    return `There is no image called "${ref.slice(0, 60)}".`;
  }
  return `The image ${ref} is gone: CoreOS Container Linux ended in May 2020. fleet and etcd2, which Deis needs, had been removed from it in 2018 already, and its successor Flatcar has neither. ${OWN_IMAGE}`;
}

function checkContents(image: Image): Obstacle[] {
  const name = `${image.distribution} ${image.name}`;
  if (/flatcar/i.test(name)) {
    return [obstacle(`${image.name} is Flatcar, which has neither fleet nor etcd2. ${OWN_IMAGE}`, 'openSettings')];
  }
  if (!/coreos/i.test(name)) {
    return [
      warning(
        `${image.name} (${image.distribution}) does not call itself CoreOS. It needs coreos-cloudinit, etcd2, fleet and docker.`,
      ),
    ];
  }
  const version = /\b(\d{3,4})\.\d{1,3}\.\d{1,3}\b/.exec(image.name)?.[1];
  return version !== undefined && Number(version) >= FIRST_WITHOUT_FLEET
    ? [
        obstacle(
          `${image.name} is a CoreOS of after February 2018: it has neither fleet nor etcd2. ${OWN_IMAGE}`,
          'openSettings',
        ),
      ]
    : [];
}

/** `available`, or of a custom image NEW, pending, deleted, retired. */
function checkStatus(image: Image): Obstacle[] {
  switch (image.status.toLowerCase()) {
    case 'available':
      return [];
    case 'new':
    case 'pending':
      return [obstacle(`The image ${image.name} is still being imported. Try again in some minutes.`, 'refresh')];
    default:
      return [obstacle(`The image ${image.name} can't be used any more: its status is "${image.status}".`)];
  }
}
