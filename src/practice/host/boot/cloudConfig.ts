import * as v from 'valibot';
import { parseDocument } from 'yaml';

const text = v.optional(v.nullable(v.string()));
const settings = v.optional(v.nullable(v.record(v.string(), v.unknown())));

const dropInSchema = v.object({ name: v.string(), content: text });
const unitSchema = v.object({
  name: v.string(),
  mask: text,
  enable: text,
  runtime: text,
  content: text,
  command: text,
  drop_ins: v.optional(v.nullable(v.array(dropInSchema))),
});
const fileSchema = v.object({
  path: v.string(),
  content: text,
  permissions: text,
  owner: text,
  encoding: text,
});
const cloudConfigSchema = v.object({
  hostname: text,
  manage_etc_hosts: text,
  ssh_authorized_keys: v.optional(v.nullable(v.array(v.string()))),
  write_files: v.optional(v.nullable(v.array(fileSchema))),
  users: v.optional(
    v.nullable(
      v.array(v.object({ name: v.string(), ssh_authorized_keys: v.optional(v.nullable(v.array(v.string()))) })),
    ),
  ),
  coreos: v.optional(
    v.nullable(
      v.object({
        etcd: settings,
        etcd2: settings,
        fleet: settings,
        flannel: settings,
        locksmith: settings,
        update: settings,
        units: v.optional(v.nullable(v.array(unitSchema))),
      }),
    ),
  ),
});

export type CloudConfig = v.InferOutput<typeof cloudConfigSchema>;
export type CloudUnit = v.InferOutput<typeof unitSchema>;
export type CloudFile = v.InferOutput<typeof fileSchema>;

/**
 * Reads a cloud-config as coreos-cloudinit does: every scalar is text until somebody asks for more, `-` and `_` in keys are the
 * same, unknown keys are ignored.
 * @throws Error with one line for the journal.
 */
export function parseCloudConfig(source: string): CloudConfig {
  const document = parseDocument(source, {
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    prettyErrors: false,
  });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new Error(`yaml: line ${lineOf(source, problem.pos[0])}: ${problem.message}`);
  }
  const value: unknown = document.toJS();
  const parsed = v.safeParse(cloudConfigSchema, normalizeKeys(value ?? {}));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`yaml: unmarshal error at ${v.getDotPath(issue) ?? 'the top'}: ${issue.message}`);
  }
  return parsed.output;
}

/** `true` as YAML 1.1 knows it. */
export const isTrue = (value: string | null | undefined): boolean => /^(?:true|yes|on|y)$/i.test(value ?? '');

function normalizeKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(normalizeKeys);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key.replaceAll('-', '_'), normalizeKeys(inner)]),
    );
  }
  return value;
}

const lineOf = (source: string, position: number): number => source.slice(0, position).split('\n').length;

/** `$private_ipv4` and its siblings are replaced in the whole text; a backslash before one keeps it (facts/coreos.md §3). */
export function substitute(source: string, values: Readonly<Record<string, string>>): string {
  return source.replace(/\\?\$(public|private)_ipv([46])/g, (match, kind: string, version: string) =>
    match.startsWith('\\') ? match.slice(1) : (values[`${kind}_ipv${version}`] ?? ''),
  );
}
