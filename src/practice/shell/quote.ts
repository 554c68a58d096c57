/** One word as a POSIX shell reads it back unchanged. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

export const quoteAll = (words: readonly string[]): string => words.map(quote).join(' ');
