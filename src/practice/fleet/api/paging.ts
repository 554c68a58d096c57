import { decodeGoBase64, GoBase64Error } from '../../network/goBase64';
import { FleetApiError, HandlerPanic } from './errors';

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

/** @throws FleetApiError */
function decode(text: string): Token {
  const bytes = bytesOf(text);
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

function bytesOf(text: string): Buffer {
  try {
    return decodeGoBase64(text);
  } catch (error) {
    if (error instanceof GoBase64Error) {
      throw new FleetApiError(400, error.message);
    }
    throw error;
  }
}

/** fleetd counts in sixteen bits: far pages begin anew (api/units.go, `extractUnitPageData`). */
const SIXTEEN_BITS = 0xffff;

/**
 * One page of all, and the token of the next: also when this one is just full and the next will be empty.
 * @throws FleetApiError, HandlerPanic
 */
export function pageOf<T>(all: readonly T[], query: URLSearchParams): { items: T[]; nextPageToken?: string } {
  const [text, ...more] = query.getAll('nextPageToken');
  if (more.length > 0) {
    throw new FleetApiError(400, 'too many values for page token');
  }
  const { page } = text === undefined ? { page: 1 } : decode(text);
  const [start, stop] = [((page - 1) * PAGE) & SIXTEEN_BITS, (page * PAGE) & SIXTEEN_BITS];
  if (start >= all.length) {
    return { items: [] };
  }
  if (stop > all.length) {
    return { items: all.slice(start) };
  }
  if (stop < start) {
    throw new HandlerPanic('a page ends before it begins');
  }
  const nextPageToken = encode({ limit: PAGE, page: (page + 1) & SIXTEEN_BITS });
  return { items: all.slice(start, stop), nextPageToken };
}
