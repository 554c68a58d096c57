import { EtcdError } from '../errors';

/** A flag of the query or form. @throws EtcdError 209 for anything Go's ParseBool refuses. */
export function isTrue(form: URLSearchParams, name: string): boolean {
  const value = form.get(name);
  if (value === null) {
    return false;
  }
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) {
    return true;
  }
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value)) {
    return false;
  }
  throw new EtcdError(209, `invalid value for "${name}"`, 0);
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
