import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The recorded answers of the real programs; tests run with the project as their folder. */
export const TRACES = path.resolve('test/fixtures/traces');

/** What a command printed and how it ended; `running`: it had not ended when it was cut off. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | 'running' | undefined;
}

/** One recorded command: a line of a table in traces/README.md. */
export interface Row {
  readonly folder: string;
  readonly file: string;
  /** A command that the table cut short ends in `...`; the scenario gives it whole. */
  readonly command: string;
  /** `deis-1` to `deis-5`, or `client`: a machine outside the cluster. */
  readonly where: string;
  readonly hasTerminal: boolean;
  readonly exit: Said['exit'];
  readonly ms: number;
  readonly cluster: string;
  readonly note: string;
}

export const idOf = ({ folder, file }: Row): string => `${folder}/${file}`;

/** The rows of the tables below the headings `## folder/`; lines without a command describe a file, no answer. */
export function parseRows(markdown: string): Row[] {
  const rows: Row[] = [];
  let folder = '';
  for (const line of markdown.split('\n')) {
    const heading = /^## (\S+)\/$/.exec(line)?.[1];
    if (heading !== undefined) folder = heading;
    else if (line.startsWith('| ') && folder !== '') {
      const row = parseLine(folder, line);
      if (row !== undefined) rows.push(row);
    }
  }
  return rows;
}

function parseLine(folder: string, line: string): Row | undefined {
  const cells = line
    .slice(2)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
  const [file = '', command = '', place = '', exit = '', ms = '', cluster = '', note = ''] = cells;
  if (!command.startsWith('`') || !command.endsWith('`')) return undefined;
  const [where = '', terminal] = place.split(' ');
  return {
    ...{ folder, file: file.replace(/ \(\+stderr\)$/, ''), command: command.slice(1, -1), where },
    ...{ hasTerminal: terminal === 'tty', exit: parseExit(exit), ms: Number(ms), cluster, note },
  };
}

function parseExit(cell: string): Said['exit'] {
  if (cell === '-') return 'running';
  return /^\d+$/.test(cell) ? Number(cell) : undefined;
}

export function readRows(): Row[] {
  return parseRows(readFileSync(path.join(TRACES, 'README.md'), 'utf8'));
}

export function readTrace(file: string): string {
  const whole = path.join(TRACES, file);
  return existsSync(whole) ? readFileSync(whole, 'utf8') : '';
}

export function recordingOf(row: Row): Said {
  const file = idOf(row);
  return { stdout: readTrace(file), stderr: readTrace(file.replace(/\.\w+$/, '.stderr.txt')), exit: row.exit };
}
