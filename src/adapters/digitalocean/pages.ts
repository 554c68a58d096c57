import type * as v from 'valibot';
import { ClusterError } from '../../core/errors';
import { call, type Access, type CallSpec, type Reply } from './call';
import { PageReply } from './replies';
import type { Query } from './session';

/** The most that DigitalOcean gives at once; its default is 20 (openapi, "Links & Pagination"). */
const PER_PAGE = '200';
/** 40 000 items: more is a server that never ends. */
const MOST_PAGES = 200;

/** Every page of a list, by the `links.pages.next` of each reply. The library alone would give the first page. */
export async function callAllPages<T extends v.GenericSchema>(
  access: Access,
  spec: CallSpec,
  schema: T,
): Promise<v.InferOutput<T>[]> {
  const pages: v.InferOutput<T>[] = [];
  const own: Query = { ...spec.query, per_page: PER_PAGE };
  let query: Query | undefined = { page: '1', ...own };
  while (query !== undefined) {
    if (pages.length === MOST_PAGES) {
      throw new ClusterError(`The list does not end (${spec.what}): ${MOST_PAGES} pages and more to come.`, {
        code: 'badReply',
      });
    }
    const reply: Reply = await call(access, { ...spec, query });
    pages.push(reply.parse(schema));
    query = nextQuery(reply, { own, page: query['page'] ?? '', what: spec.what });
  }
  return pages;
}

/** Only the query is taken from the link, and our own filters stay: it must not lead to another server or a wider list. */
function nextQuery(reply: Reply, asked: { own: Query; page: string; what: string }): Query | undefined {
  const next = reply.parse(PageReply).links?.pages?.next;
  if (next === undefined || next === '') {
    return undefined;
  }
  const url = URL.canParse(next) ? new URL(next) : undefined;
  if (url?.origin !== reply.origin) {
    throw new ClusterError(
      `The next page of the list (${asked.what}) is said to be on another server. It was not asked for.`,
      {
        code: 'badReply',
      },
    );
  }
  if (url.searchParams.get('page') === asked.page) {
    throw new ClusterError(`The list (${asked.what}) leads back to its page ${asked.page}.`, { code: 'badReply' });
  }
  return { ...Object.fromEntries(url.searchParams), ...asked.own };
}
