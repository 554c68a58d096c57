/** coreutils round up. */
export function human(bytes: number, base = 1024): string {
  const units = ['', 'K', 'M', 'G', 'T'];
  let [value, index] = [bytes, 0];
  while (value >= base && index < units.length - 1) {
    value /= base;
    index += 1;
  }
  const shown = value < 10 && index > 0 ? (Math.ceil(value * 10) / 10).toFixed(1) : String(Math.ceil(value));
  return `${shown}${units[index] ?? ''}`;
}

/** `4096m`, `4GiB`, `1GB`, `4k`. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)([kKmMgGtT]?)(iB|B|)$/.exec(text);
  if (match === null || (match[2] === '' && match[3] !== '')) {
    return undefined;
  }
  const power = ['k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase()) + 1;
  return Number(match[1]) * (match[3] === 'B' ? 1000 : 1024) ** power;
}
