import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve('test/fixtures/traces');

/** What the real program did: its command, exit code and output. */
export interface Trace {
  readonly name: string;
  readonly command: string;
  /** Undefined: it was still running when the recorder ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

let rows: Map<string, { command: string; exitCode: number | undefined }> | undefined;

/** The tables of the traces' README: `| file | command | where | exit | … |` below a heading with the folder. */
function readRows(): Map<string, { command: string; exitCode: number | undefined }> {
  const found = new Map<string, { command: string; exitCode: number | undefined }>();
  let folder = '';
  for (const line of readFileSync(path.join(FOLDER, 'README.md'), 'utf8').split('\n')) {
    folder = /^## (\S+)\/$/.exec(line)?.[1] ?? folder;
    const [, file = '', , code = ''] =
      /^\| (\S+?)(?: \(\+stderr\))? \| (.*?) \| [^|]*? \| ([-\d]*) \|/.exec(line) ?? [];
    const command = /\| `(.*?)` \| \S+/.exec(line)?.[1];
    if (file !== '' && command !== undefined) {
      const exitCode = /^\d+$/.test(code) ? Number(code) : undefined;
      found.set(`${folder}/${file}`, { command: command.replaceAll('\\|', '|'), exitCode });
    }
  }
  return found;
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

export function trace(name: string): Trace {
  rows ??= readRows();
  const row = rows.get(name);
  if (row === undefined) {
    throw new Error(`no recorded trace ${name}`);
  }
  const file = path.join(FOLDER, name);
  return { name, ...row, stdout: read(file), stderr: read(file.replace(/\.(txt|json)$/, '.stderr.txt')) };
}

/** Hides what differs from cluster to cluster and from run to run: who, when, where a unit landed, etcd's counters. */
export function normalise(text: string): string {
  return (
    text
      .replaceAll(/[0-9a-f]{8}\.\.\./g, 'MACHINE')
      .replaceAll(/\b[0-9a-f]{32}/g, 'MACHINE')
      .replaceAll(/10\.77\.0\.\d+/g, 'ADDRESS')
      .replaceAll(/^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}/gm, 'TIME')
      // The text of this one unit was not recorded.
      .replaceAll(/(bad3\.service\t+)[0-9a-f]{7}/g, '$1HASH')
      .replaceAll(/\[\d+\]/g, '[INDEX]')
      .replaceAll(/"(modifiedIndex|createdIndex|index|ttl)":\d+/g, '"$1":N')
      .replaceAll(/"(expiration)":"[^"]*"/g, '"$1":"T"')
  );
}
