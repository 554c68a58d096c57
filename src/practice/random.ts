import { createHash, randomBytes } from 'node:crypto';
import type { Random, StateFile } from './kernel';

/** The four words of sfc32; kept in the state file so that a restarted process never hands out an id twice. */
interface Generator {
  a: number;
  b: number;
  c: number;
  counter: number;
}

function seeded(seed: string): Generator {
  const digest = createHash('sha256').update(seed).digest();
  return { a: digest.readInt32LE(0), b: digest.readInt32LE(4), c: digest.readInt32LE(8), counter: 1 };
}

/** Chris Doty-Humphrey's sfc32: 32 bits a step, of good quality and fast; not for secrets, of which the model has none. */
function next(state: Generator): number {
  const sum = (((state.a + state.b) | 0) + state.counter) | 0;
  state.counter = (state.counter + 1) | 0;
  state.a = state.b ^ (state.b >>> 9);
  state.b = (state.c + (state.c << 3)) | 0;
  state.c = (((state.c << 21) | (state.c >>> 11)) + sum) | 0;
  return sum >>> 0;
}

/** `seed` counts only for a new state file; without one it is taken from the system. */
export function createRandom(state: StateFile, seed: string | undefined): Random {
  const generator = state.section<Generator>('random', () => seeded(seed ?? randomBytes(16).toString('hex')));
  const hex = (digits: number): string => {
    let text = '';
    while (text.length < digits) text += next(generator).toString(16).padStart(8, '0');
    state.changed('random');
    return text.slice(0, digits);
  };
  return {
    hex,
    integer(low, high) {
      state.changed('random');
      return low + Math.floor((next(generator) / 2 ** 32) * (high - low + 1));
    },
    uuid() {
      const digits = hex(32);
      const variant = '89ab'.charAt(parseInt(digits.charAt(16), 16) % 4);
      return [
        digits.slice(0, 8),
        digits.slice(8, 12),
        `4${digits.slice(13, 16)}`,
        variant + digits.slice(17, 20),
        digits.slice(20),
      ].join('-');
    },
  };
}
