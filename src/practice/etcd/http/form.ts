import type { IncomingMessage } from 'node:http';
import { EtcdError } from '../errors';
import { unescape } from '../../network/goTarget';
import { readBody } from './reply';

/** Methods whose body Go takes for a form (net/http, `ParseForm`), and what the client must call it. */
const WITH_FORM = ['PUT', 'POST', 'PATCH'];
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Go reads no longer form. */
const LARGEST_FORM = 10 * 2 ** 20;

/** The fields of a request; of one that comes more than once the first counts. */
export class Form {
  readonly #fields = new Map<string, string>();

  get(name: string): string | null {
    return this.#fields.get(name) ?? null;
  }

  /** Takes over what is right in a text, and answers what is wrong with it (net/url, `parseQuery`). */
  add(text: string): string | undefined {
    let problem: string | undefined;
    for (const part of text.split('&').filter((one) => one !== '')) {
      const at = part.indexOf('=');
      const [name, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
      const bad = part.includes(';') ? 'invalid semicolon separator in query' : (badEscape(name) ?? badEscape(value));
      problem ??= bad;
      if (bad === undefined && !this.#fields.has(plain(name))) {
        this.#fields.set(plain(name), plain(value));
      }
    }
    return problem;
  }
}

const plain = (text: string): string => unescape(text.replaceAll('+', ' ')) ?? '';

function badEscape(text: string): string | undefined {
  const bad = /%(?![0-9a-f]{2}).{0,2}/i.exec(text)?.[0];
  return bad === undefined ? undefined : `invalid URL escape "${bad}"`;
}

/** The fields of the body and of the query; of one that is in both the body's counts. @throws EtcdError 210 */
export async function readForm(request: IncomingMessage, query = ''): Promise<Form> {
  const form = new Form();
  let problem: string | undefined;
  if (WITH_FORM.includes(request.method ?? '')) {
    const [type = ''] = (request.headers['content-type'] ?? 'application/octet-stream').split(';');
    if (type.trim() === '') {
      problem = 'mime: no media type';
    } else if (type.trim().toLowerCase() === FORM_TYPE) {
      const body = await readBody(request);
      problem = Buffer.byteLength(body) > LARGEST_FORM ? 'http: POST too large' : form.add(body);
    }
  }
  const inQuery = form.add(query);
  problem ??= inQuery;
  if (problem !== undefined) {
    throw new EtcdError(210, problem, 0);
  }
  return form;
}

/** A flag of the query or form. @throws EtcdError 209 for anything Go's ParseBool refuses. */
export function isTrue(form: Form, name: string): boolean {
  return optionalFlag(form, name, `invalid value for "${name}"`) ?? false;
}

/** A flag whose absence says something too; etcd's complaint has no quotation marks here. @throws EtcdError 209 */
export function optionalFlag(form: Form, name: string, problem = `invalid value for ${name}`): boolean | undefined {
  const value = form.get(name);
  if (value === null) {
    return undefined;
  }
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) {
    return true;
  }
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) {
    return false;
  }
  throw new EtcdError(209, problem, 0);
}

const LARGEST = 2n ** 64n - 1n;

/** @throws EtcdError 202 or 203 when it is not a whole number of 64 bits. */
export function wholeNumber(form: Form, name: string, code: 202 | 203 = 203): bigint | undefined {
  const text = form.get(name);
  if (text === null) {
    return undefined;
  }
  if (!/^\d+$/.test(text) || BigInt(text) > LARGEST) {
    throw new EtcdError(code, `invalid value for "${name}"`, 0);
  }
  return BigInt(text);
}
