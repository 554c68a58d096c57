/** Go's `path.Match` as fleet uses it for Conflicts: `*`, `?` and `[…]`; a broken pattern matches nothing. */
export function matchesGlob(glob: string, name: string): boolean {
  let pattern = '';
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob.charAt(at);
    const close = character === '[' ? glob.indexOf(']', at) : -1;
    if (character === '*') {
      pattern += '[^/]*';
    } else if (character === '?') {
      pattern += '[^/]';
    } else if (character === '\\') {
      at += 1;
      if (at === glob.length) {
        return false;
      }
      pattern += literal(glob.charAt(at));
    } else if (character === '[') {
      if (close < 0) {
        return false;
      }
      pattern += `[${glob.slice(at + 1, close).replaceAll('\\', '\\\\')}]`;
      at = close;
    } else {
      pattern += literal(character);
    }
  }
  try {
    return new RegExp(`^${pattern}$`).test(name);
  } catch {
    return false;
  }
}

const literal = (character: string): string => character.replaceAll(/[.+*?^${}()|[\]\\]/g, '\\$&');
