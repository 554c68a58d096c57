import type { IncomingMessage } from 'node:http';
import { EtcdError } from '../errors';
import { readBody } from './reply';

/** Methods whose body Go takes for a form (net/http, `ParseForm`), and what the client must call it. */
const WITH_FORM = ['PUT', 'POST', 'PATCH'];
const FORM_TYPE = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** The fields of the body and of the query; of one that is in both the body's counts. @throws EtcdError 210 */
export async function readForm(request: IncomingMessage, url: URL): Promise<URLSearchParams> {
  const isForm = WITH_FORM.includes(request.method ?? '') && FORM_TYPE.test(request.headers['content-type'] ?? '');
  const body = isForm ? await readBody(request) : '';
  const bad = badEscape(body) ?? badEscape(url.search);
  if (bad !== undefined) {
    throw new EtcdError(210, `invalid URL escape "${bad}"`, 0);
  }
  const form = new URLSearchParams(url.search);
  for (const [name, value] of new URLSearchParams(body)) {
    form.set(name, value);
  }
  return form;
}

const badEscape = (text: string): string | undefined => /%(?![0-9a-f]{2})[^&]{0,2}/i.exec(text)?.[0];

/** A flag of the query or form. @throws EtcdError 209 for anything Go's ParseBool refuses. */
export function isTrue(form: URLSearchParams, name: string): boolean {
  return optionalFlag(form, name, `invalid value for "${name}"`) ?? false;
}

/** A flag whose absence says something too; etcd's complaint has no quotation marks here. @throws EtcdError 209 */
export function optionalFlag(
  form: URLSearchParams,
  name: string,
  problem = `invalid value for ${name}`,
): boolean | undefined {
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

/** @throws EtcdError 202 or 203 when it is not a whole number. */
export function wholeNumber(form: URLSearchParams, name: string, code: 202 | 203 = 203): number | undefined {
  const text = form.get(name);
  if (text === null) {
    return undefined;
  }
  if (!/^\d+$/.test(text)) {
    throw new EtcdError(code, `invalid value for "${name}"`, 0);
  }
  return Number(text);
}
