import { GoJsonError, readGoJson } from './goJsonSyntax';

/** JSON as Go's encoder writes it: `<`, `>` and `&` are escaped, and what stands for bytes that are no text. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029\ufffd]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What Go's decoder says to a text that is no JSON. */
export function describeJsonProblem(text: string): string {
  try {
    readGoJson(text);
    return 'invalid JSON';
  } catch (error) {
    if (error instanceof GoJsonError) {
      return error.message;
    }
    throw error;
  }
}
