import type { UnitOption } from '../model/units';

/** fleet's unit; the guide's name for it. */
export const SWAP_UNIT = 'swapon.service';

/** A cluster of larger droplets may do without. */
export const hasSwapUnit = ({ swapSizeMb }: { readonly swapSizeMb: number }): boolean => swapSizeMb > 0;

/** What must stay free beside the swap file: Ceph's journal and the images still have to go somewhere. */
const RESERVE_MB = 1_024;

/**
 * The size is in the name, and the file gets its name only when it is complete: so "it exists" means "it has the right size
 * and a signature", and a half-made one is never turned on.
 */
export const swapFile = (sizeMb: number): string => `/var/vm/swap-${sizeMb}mb`;

/**
 * Idempotent, and never makes the file anew: it runs at each boot, and again when fleet launches it. No `$` and no `%` in
 * it: systemd, cloud-init and fleet each have their own idea of those.
 */
function execLines(sizeMb: number): string[] {
  const file = swapFile(sizeMb);
  const part = `${file}.part`;
  return [
    'mkdir -p /var/vm',
    `test -f ${file} || test "\`df --output=avail -m /var/vm | tail -n 1\`" -ge ${sizeMb + RESERVE_MB} || ` +
      `{ echo "Not enough free disk for ${sizeMb} MB of swap" >&2; exit 1; }`,
    // fallocate is instant on ext4; where the file system cannot do it, dd takes a minute.
    `test -f ${file} || fallocate -l ${sizeMb}m ${part} || dd if=/dev/zero of=${part} bs=1M count=${sizeMb}`,
    `test -f ${file} || { chmod 600 ${part} && mkswap ${part} && mv ${part} ${file}; }`,
    `grep -q "^${file} " /proc/swaps || swapon ${file}`,
  ];
}

function swapService(sizeMb: number, unit: readonly UnitOption[]): UnitOption[] {
  const service = (name: string, value: string): UnitOption => ({ section: 'Service', name, value });
  return [
    { section: 'Unit', name: 'Description', value: `Swap file of ${sizeMb} MB` },
    ...unit,
    service('Type', 'oneshot'),
    service('RemainAfterExit', 'yes'),
    ...execLines(sizeMb).map((line) => service('ExecStart', `/bin/sh -c '${line}'`)),
    service('ExecStop', `-/bin/sh -c 'swapoff ${swapFile(sizeMb)}'`),
  ];
}

/** The guide's global unit: every node that joins, or comes back, turns its swap on. */
export const swapUnitOptions = (sizeMb: number): UnitOption[] => [
  // Beside the one of the same work that runs at boot, never at the same time.
  ...swapService(sizeMb, [{ section: 'Unit', name: 'After', value: SWAP_AT_BOOT_UNIT }]),
  { section: 'X-Fleet', name: 'Global', value: 'true' },
];

export const SWAP_AT_BOOT_UNIT = 'swap-at-boot.service';

/**
 * The same work before docker starts: fleet's unit comes only once etcd has quorum, at the moment when all of Deis starts
 * and memory is needed most.
 */
export const swapAtBootText = (sizeMb: number): string =>
  renderUnit(swapService(sizeMb, [{ section: 'Unit', name: 'Before', value: 'docker.service' }]));

/** A unit file from its options, in their order. */
export function renderUnit(options: readonly UnitOption[]): string {
  const lines: string[] = [];
  let section = '';
  for (const option of options) {
    if (option.section !== section) {
      section = option.section;
      lines.push(...(lines.length > 0 ? [''] : []), `[${section}]`);
    }
    lines.push(`${option.name}=${option.value}`);
  }
  return `${lines.join('\n')}\n`;
}
