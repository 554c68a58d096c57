import type { CloudApi } from '../../core/ports';
import { call, callUnlessMissing, type Access } from './call';
import { TagReply } from './replies';
import { checkedTag, segment } from './words';

export function tags(access: Access): Pick<CloudApi, 'hasTag' | 'createTag' | 'deleteTag'> {
  return {
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
