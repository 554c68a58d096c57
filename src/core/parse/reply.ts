import * as v from 'valibot';
import { ClusterError } from '../errors';

/** What a program said has not the shape we know: the one error that anything in this folder throws. */
export function badReply(what: string, detail: string, cause?: unknown): ClusterError {
  return new ClusterError(`${what} answered something this version does not understand: ${detail}.`, {
    code: 'badReply',
    cause,
  });
}

/** Parses JSON and checks it; `what` names the program for the sentence, such as "fleet's list of machines". */
export function parseReply<const S extends v.GenericSchema>(schema: S, text: string, what: string): v.InferOutput<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badReply(what, `it is not JSON (${excerpt(text)})`, error);
  }
  const result = v.safeParse(schema, value);
  if (result.success) {
    return result.output;
  }
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  throw badReply(what, path === null ? issue.message : `${path}: ${issue.message}`);
}

/** The beginning of a text, on one line and without control characters, for a sentence. */
export function excerpt(text: string, length = 60): string {
  const line = text
    .slice(0, length * 2)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  if (line === '') {
    return 'nothing';
  }
  return line.length > length ? `"${line.slice(0, length)}…"` : `"${line}"`;
}
