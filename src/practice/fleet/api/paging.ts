import { FleetApiError } from './errors';

/** A page has at most a hundred entries (api/pagination.go, `token_limit`). */
const PAGE = 100;
const TOKEN_BYTES = 4;

interface Token {
  readonly limit: number;
  readonly page: number;
}

/** A token is 1 byte of limit, a zero, and the page, base64: page 2 is `ZAACAA==` in the recorded traces. */
function encode({ limit, page }: Token): string {
  const bytes = Buffer.alloc(TOKEN_BYTES);
  bytes.writeUInt16LE(limit, 0);
  bytes.writeUInt16LE(page, 2);
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function decode(text: string): Token {
  const bad = firstBadByte(text);
  if (bad !== undefined) {
    throw new FleetApiError(400, `illegal base64 data at input byte ${bad}`);
  }
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < TOKEN_BYTES) {
    throw new FleetApiError(400, bytes.length === 0 ? 'EOF' : 'unexpected EOF');
  }
  const token = { limit: bytes.readUInt16LE(0), page: bytes.readUInt16LE(2) };
  if (token.limit !== PAGE) {
    throw new FleetApiError(400, `token limit must be ${PAGE}`);
  }
  if (token.page === 0) {
    throw new FleetApiError(400, 'token page must be greater than zero');
  }
  return token;
}

/** Where Go's decoder would stop. */
function firstBadByte(text: string): number | undefined {
  const stray = text.search(/[^A-Za-z0-9_=-]/);
  if (stray >= 0) {
    return stray;
  }
  return text.length % 4 === 0 ? undefined : text.length - (text.length % 4);
}

/** One page of all, and the token of the next: also when this one is just full and the next will be empty. */
export function pageOf<T>(all: readonly T[], query: URLSearchParams): { items: T[]; nextPageToken?: string } {
  const [text, ...more] = query.getAll('nextPageToken');
  if (more.length > 0) {
    throw new FleetApiError(400, 'too many values for page token');
  }
  const { page } = text === undefined ? { page: 1 } : decode(text);
  const items = all.slice((page - 1) * PAGE, page * PAGE);
  return items.length === PAGE ? { items, nextPageToken: encode({ limit: PAGE, page: page + 1 }) } : { items };
}
