export interface Page<T> {
  readonly items: readonly T[];
  readonly links: object;
  readonly meta: { readonly total: number };
}

const DEFAULT_PER_PAGE = 20;
const MOST_PER_PAGE = 200;

function whole(text: string | null, fallback: number): number {
  const number = Number(text);
  return text !== null && Number.isInteger(number) && number >= 1 ? number : fallback;
}

/** One page of a list, with absolute links to the others; no links at all when there is only one. */
export function pageOf<T>(all: readonly T[], url: URL): Page<T> {
  const perPage = Math.min(whole(url.searchParams.get('per_page'), DEFAULT_PER_PAGE), MOST_PER_PAGE);
  const page = whole(url.searchParams.get('page'), 1);
  const last = Math.max(1, Math.ceil(all.length / perPage));
  const link = (to: number): string => {
    const target = new URL(url);
    target.searchParams.set('page', String(to));
    target.searchParams.set('per_page', String(perPage));
    return target.href;
  };
  const pages = {
    ...(page > 1 && { first: link(1), prev: link(Math.min(page - 1, last)) }),
    ...(page < last && { next: link(page + 1), last: link(last) }),
  };
  return {
    items: all.slice((page - 1) * perPage, page * perPage),
    links: Object.keys(pages).length === 0 ? {} : { pages },
    meta: { total: all.length },
  };
}
