import { GoJsonError, readGoJson, type JsonNode } from './goJsonSyntax';

/** What a Go program wants to read from JSON. `go` is the name of the type, as its errors have it. */
export type GoType =
  | { readonly kind: 'string' }
  | { readonly kind: 'slice'; readonly go: string; readonly of: GoType }
  | { readonly kind: 'struct'; readonly go: string; readonly fields: Readonly<Record<string, GoType>> };

interface Place {
  readonly struct: string;
  readonly path: readonly string[];
}

/**
 * Reads a text as Go's `json.Decoder` reads it into a type: unknown keys are passed over, case does not matter, null leaves what is
 * there, and of values of a wrong kind the first is named (encoding/json, decode.go). @throws GoJsonError
 */
export function decodeGoJson(text: string, type: GoType): unknown {
  const problems: string[] = [];
  const value = decode(readGoJson(text), type, { struct: '', path: [] }, problems);
  if (problems[0] !== undefined) {
    throw new GoJsonError(problems[0]);
  }
  return value;
}

const nameOf = (type: GoType): string => (type.kind === 'string' ? 'string' : type.go);

function decode(node: JsonNode, type: GoType, place: Place, problems: string[]): unknown {
  if (node.kind === 'null') {
    return null;
  }
  if (type.kind === 'string' && node.kind === 'string') {
    return node.text;
  }
  if (type.kind === 'slice' && node.kind === 'array') {
    return node.items.map((item) => decode(item, type.of, place, problems));
  }
  if (type.kind === 'struct' && node.kind === 'object') {
    const read: Record<string, unknown> = {};
    for (const [key, value] of node.entries) {
      const field = fieldOf(type.fields, key);
      const inner = field === undefined ? undefined : type.fields[field];
      if (field === undefined || inner === undefined) {
        continue;
      }
      const struct = type.go.slice(type.go.indexOf('.') + 1);
      const decoded = decode(value, inner, { struct, path: [...place.path, field] }, problems);
      if (decoded !== null) {
        read[field] = decoded;
      }
    }
    return read;
  }
  const where = place.path.length === 0 ? 'Go value' : `Go struct field ${place.struct}.${place.path.join('.')}`;
  problems.push(`json: cannot unmarshal ${node.kind} into ${where} of type ${nameOf(type)}`);
  return null;
}

function fieldOf(fields: Readonly<Record<string, GoType>>, key: string): string | undefined {
  const names = Object.keys(fields);
  return names.find((name) => name === key) ?? names.find((name) => name.toLowerCase() === key.toLowerCase());
}
