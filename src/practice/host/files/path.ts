/** `/a/./b/../c/` → `['a', 'c']`. */
export function splitPath(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      parts.pop();
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return parts;
}

export const joinPath = (parts: readonly string[]): string => `/${parts.join('/')}`;

export function resolvePath(base: string, path: string): string {
  return joinPath(splitPath(path.startsWith('/') ? path : `${base}/${path}`));
}
