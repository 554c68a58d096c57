/** Droplet names become host names; `-9` at the end must fit as well. */
export function prefixProblem(value: string): string | undefined {
  return /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(value)
    ? undefined
    : `"${value}" can't be a name: small letters, digits and dashes, a letter first, at most 32 characters.`;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What the Deis controller accepts (controller, api/serializers.py): no label of digits only, no double dash. */
export function domainProblem(value: string): string | undefined {
  const labels = value.split('.');
  if (value.length > 253 || labels.length < 2 || !labels.every((label) => LABEL.test(label))) {
    return `"${value}" is not a domain name: small letters, digits, dashes and dots, such as example.com.`;
  }
  if (labels.some((label) => label.includes('--'))) {
    return `"${value}" has a double dash; the Deis controller refuses such a domain.`;
  }
  if (labels.some((label) => /^\d+$/.test(label))) {
    return `"${value}" has a part of digits only; the Deis controller refuses it. Write an address with dashes: 203-0-113-7.sslip.io.`;
  }
  return undefined;
}
