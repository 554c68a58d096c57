import type { CloudApi } from '../../core/ports';
import { call, callUnlessMissing, type Access } from './call';
import { callAllPages } from './pages';
import { TagReply, TagsReply } from './replies';
import type { Library } from './session';
import { checkedTag, segment } from './words';

export function tags(access: Access): Pick<CloudApi, 'listTags' | 'hasTag' | 'createTag' | 'deleteTag'> {
  return {
    async listTags(signal) {
      const request = (library: Library): Promise<unknown> => library.tags.getTags();
      const pages = await callAllPages(access, { what: 'listing the tags', request, signal }, TagsReply);
      return pages.flatMap((page) => page.tags.map(({ name }) => name));
    },
    async hasTag(name, signal) {
      const checked = segment(checkedTag(name));
      const reply = await callUnlessMissing(access, {
        what: `looking for the tag ${name}`,
        request: (library) => library.tags.getTagByName(checked),
        signal,
      });
      reply?.parse(TagReply);
      return reply !== undefined;
    },
    async createTag(name, signal) {
      const checked = checkedTag(name);
      const reply = await call(access, {
        what: `creating the tag ${name}`,
        isPost: true,
        request: (library) => library.tags.createTag(checked),
        signal,
      });
      reply.parse(TagReply);
    },
    async deleteTag(name, signal) {
      const checked = segment(checkedTag(name));
      await callUnlessMissing(access, {
        what: `deleting the tag ${name}`,
        request: (library) => library.tags.deleteTag(checked),
        signal,
      });
    },
  };
}
