import { ClusterError } from '../../core/errors';

/** What goes into an address is checked first: the library pastes it into the path as it is. */

/** One segment of a path, escaped. Empty, `.` and `..` would lead to another resource. */
export function segment(text: string): string {
  if (text === '' || text === '.' || text === '..') {
    throw invalid(`"${text}" is not a name that DigitalOcean could know.`);
  }
  // Tags contain ":", which need not be escaped; the API's own clients send it as it is.
  return encodeURIComponent(text).replaceAll('%3A', ':');
}

export function checkId(id: number): number {
  if (!Number.isSafeInteger(id) || id <= 0) {
    throw invalid(`${id} is not an id of DigitalOcean.`);
  }
  return id;
}

/** An empty tag is refused: the API would take it as "every droplet of the account". */
export function checkedTag(tag: string): string {
  if (!/^[\w:-]{1,255}$/.test(tag)) {
    throw invalid(`"${tag}" is not a tag: letters, digits, ":", "-" and "_", at most 255.`);
  }
  return tag;
}

export function invalid(message: string): ClusterError {
  return new ClusterError(message, { code: 'invalidInput' });
}
