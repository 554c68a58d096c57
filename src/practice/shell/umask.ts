/** What is left out of the mode of new files; one for a shell and what it starts. */
export interface Mask {
  value: number;
}

export const DEFAULT_MASK = 0o022;

const BITS: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };

/** `umask`, `umask -S`, `umask 077`, `umask u=rwx,g=rx,o=`. */
export function umask(args: readonly string[], mask: Mask): { stdout: string; stderr: string; exitCode: number } {
  const words = args.filter((arg) => !/^-[Sp]+$/.test(arg));
  const [given] = words;
  if (given === undefined) {
    const octal = mask.value.toString(8).padStart(4, '0');
    const shown = args.includes('-S') ? symbolic(mask.value) : args.includes('-p') ? `umask ${octal}` : octal;
    return { stdout: `${shown}\n`, stderr: '', exitCode: 0 };
  }
  const value = /^[0-7]{1,4}$/.test(given) ? Number.parseInt(given, 8) & 0o777 : changed(given, mask.value);
  if (value === undefined) {
    const reason = /^\d/.test(given) ? `${given}: octal number out of range` : `\`${given}': invalid symbolic mode`;
    return { stdout: '', stderr: `bash: umask: ${reason}\n`, exitCode: 1 };
  }
  mask.value = value;
  return { stdout: '', stderr: '', exitCode: 0 };
}

const letters = (allowed: number): string =>
  (['r', 'w', 'x'] as const).filter((one) => allowed & (BITS[one] ?? 0)).join('');

const symbolic = (value: number): string =>
  [6, 3, 0].map((shift, index) => `${'ugo'.charAt(index)}=${letters(~(value >> shift) & 7)}`).join(',');

/** Symbolic modes say what is allowed. */
function changed(text: string, before: number): number | undefined {
  let allowed = ~before & 0o777;
  for (const part of text.split(',')) {
    const [, who = '', operator = '', what = ''] = /^([ugoa]*)([-+=])([rwx]*)$/.exec(part) ?? [];
    if (operator === '') {
      return undefined;
    }
    const bits = Array.from(what).reduce((sum, one) => sum | (BITS[one] ?? 0), 0);
    for (const [name, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (who === '' || who.includes('a') || who.includes(name)) {
        const own = (allowed >> shift) & 7;
        const next = operator === '=' ? bits : operator === '+' ? own | bits : own & ~bits;
        allowed = (allowed & ~(7 << shift)) | (next << shift);
      }
    }
  }
  return ~allowed & 0o777;
}
