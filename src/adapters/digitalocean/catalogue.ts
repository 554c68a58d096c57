import type { CloudApi } from '../../core/ports';
import { callUnlessMissing, type Access } from './call';
import { callAllPages } from './pages';
import { ImageReply, RegionsReply, SizesReply } from './replies';
import { checkId, segment } from './words';

export function catalogue(access: Access): Pick<CloudApi, 'listRegions' | 'listSizes' | 'getImage'> {
  return {
    async listRegions(signal) {
      const spec = { what: 'listing the regions', signal };
      const pages = await callAllPages(
        access,
        { ...spec, request: (library) => library.regions.getAllRegions() },
        RegionsReply,
      );
      return pages.flatMap((page) => page.regions);
    },
    async listSizes(signal) {
      const spec = { what: 'listing the sizes', signal };
      const pages = await callAllPages(
        access,
        { ...spec, request: (library) => library.sizes.getAllSizes() },
        SizesReply,
      );
      return pages.flatMap((page) => page.sizes);
    },
    async getImage(ref, signal) {
      const path = typeof ref === 'number' ? String(checkId(ref)) : segment(ref);
      const reply = await callUnlessMissing(access, {
        what: `reading the image ${ref}`,
        // The path is the same for a slug and for an id.
        request: (library) => library.images.getExistingImageBySlug(path),
        signal,
      });
      return reply?.parse(ImageReply).image;
    },
  };
}
