import { verbsOf } from './options';

const FAR = 2;

/** What cobra asks when it does not know a verb: those that begin like it, or are two letters away. */
export function suggestionsFor(word: string): string {
  const near = verbsOf('1.0')
    .filter((verb) => verb !== 'verify') // Nobody is led to what is deprecated.
    .filter((verb) => verb.startsWith(word.toLowerCase()) || distance(word.toLowerCase(), verb) <= FAR);
  return near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((verb) => `\t${verb}\n`).join('')}`;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [at, letter] of Array.from(a).entries()) {
    const next = [at + 1];
    for (const [to, other] of Array.from(b).entries()) {
      const swapped = (row[to] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(swapped, (row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
