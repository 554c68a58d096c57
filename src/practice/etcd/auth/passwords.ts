import { scryptSync, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../kernel';

/** Little work, unlike etcd's bcrypt: a practice cloud has nothing to guard, and answers many at once in one thread. */
const OPTIONS = { N: 256 };
const LENGTH = 24;

/** What is kept of a password: `salt$hash`. */
export function hashPassword(password: string, random: Random): string {
  const salt = random.hex(16);
  return `${salt}$${scryptSync(password, salt, LENGTH, OPTIONS).toString('hex')}`;
}

export function isPassword(password: string, kept: string): boolean {
  const [salt = '', hash = ''] = kept.split('$');
  const wanted = Buffer.from(hash, 'hex');
  return wanted.length === LENGTH && timingSafeEqual(scryptSync(password, salt, LENGTH, OPTIONS), wanted);
}
