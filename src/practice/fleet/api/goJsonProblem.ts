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
