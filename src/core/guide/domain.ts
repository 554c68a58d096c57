/**
 * Why Deis would not take a domain, or undefined when it does. Its rule for names of apps below the domain (controller,
 * api/serializers.py): labels of a-z, 0-9 and single dashes, none of digits only.
 */
export function domainProblem(domain: string): string | undefined {
  if (domain.length > 200) {
    return 'A domain has at most 200 characters here: names of apps are put in front of it.';
  }
  for (const label of domain.split('.')) {
    if (label === '') {
      return `"${domain}" has an empty part: no dot at the beginning or the end, and none twice in a row.`;
    }
    if (label.length > 63 || !/^[a-z0-9-]+$/.test(label)) {
      return `"${label.slice(0, 64)}" can't be part of a domain: small letters, digits and dashes, at most 63 of them.`;
    }
    if (label.startsWith('-') || label.endsWith('-') || label.includes('--')) {
      return `"${label}" can't be part of a domain for Deis: no dash at its ends, and no two in a row.`;
    }
    if (/^\d+$/.test(label)) {
      return `Deis refuses domains with a part of digits only ("${label}"). Write addresses with dashes, such as 203-0-113-7.sslip.io.`;
    }
  }
  return undefined;
}
