/** JSON as Go's encoder writes it: `<`, `>` and `&` are escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What Go's decoder says to a text that is no JSON, for the cases a person meets: the first wrong character. */
export function describeJsonProblem(text: string): string {
  const trimmed = text.trimStart();
  if (trimmed === '') {
    return 'EOF';
  }
  const first = trimmed.charAt(0);
  if (first !== '{') {
    return `invalid character ${quote(first)} looking for beginning of value`;
  }
  const second = trimmed.slice(1).trimStart().charAt(0);
  if (second === '') {
    return 'unexpected EOF';
  }
  return second === '"' || second === '}'
    ? 'unexpected EOF'
    : `invalid character ${quote(second)} looking for beginning of object key string`;
}

const quote = (character: string): string => (character === "'" ? `'\\''` : `'${character}'`);
