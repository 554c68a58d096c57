import type { SimpleCommandNode, WordNode } from 'just-bash';
import { literalOf, word } from './nodes';

/** `read -p TEXT name`, and the command without it. */
export function promptOf({ args }: SimpleCommandNode): { text: WordNode; otherArgs: WordNode[] } | undefined {
  const at = args.findIndex((arg) => /^-[a-z]*p$/.test(literalOf(arg) ?? ''));
  const text = args[at + 1];
  if (at === -1 || text === undefined) {
    return undefined;
  }
  const option = (literalOf(args[at] ?? null) ?? '').slice(0, -1);
  return { text, otherArgs: [...args.slice(0, at), ...(option === '-' ? [] : [word(option)]), ...args.slice(at + 2)] };
}
