/** A range of IPv4 addresses. */
export interface Cidr {
  /** The first address as a number. */
  readonly base: number;
  readonly bits: number;
}

export function addressToNumber(address: string): number | undefined {
  const parts = address.split('.');
  if (parts.length !== 4) return undefined;
  let number = 0;
  for (const part of parts) {
    const octet = Number(part);
    if (!/^\d{1,3}$/.test(part) || octet > 255) return undefined;
    number = number * 256 + octet;
  }
  return number;
}

export function numberToAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/** `10.128.0.0/16`; undefined when it is none, or when its address is not the first of the range. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  const [base, bits] = [addressToNumber(address), Number(length)];
  if (base === undefined || rest.length > 0 || !/^\d{1,2}$/.test(length) || bits > 32) return undefined;
  return base % sizeOf({ base, bits }) === 0 ? { base, bits } : undefined;
}

export const sizeOf = ({ bits }: Cidr): number => 2 ** (32 - bits);

export function doOverlap(a: Cidr, b: Cidr): boolean {
  return a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a);
}

export function isWithin(inner: Cidr, outer: Cidr): boolean {
  return inner.bits >= outer.bits && doOverlap(inner, outer);
}

export function netmaskOf(range: Cidr): string {
  return numberToAddress(2 ** 32 - sizeOf(range));
}
