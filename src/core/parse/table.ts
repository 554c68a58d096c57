import { badReply } from './reply';
import { splitLines } from './lines';

/** Columns are separated by one or more tabs, padded to the widest cell. */
const cells = (line: string): string[] => line.split(/\t+/).map((cell) => cell.trim());

/**
 * A table of fleetctl or deisctl. The column names (lower case) come from the header line, or are given when it was
 * suppressed by `--no-legend`. Every row has every column.
 */
export function parseTable<C extends string>(
  text: string,
  columns: readonly C[],
  hasHeader = true,
): Record<C, string>[] {
  const lines = splitLines(text);
  const names: readonly string[] = hasHeader ? cells((lines.shift() ?? '').toLowerCase()) : columns;
  const missing = columns.find((column) => !names.includes(column));
  if (missing !== undefined) {
    throw badReply('The table', `it has no column ${missing}`);
  }
  return lines.map((line) => {
    const row = cells(line);
    const entries = columns.map((column) => {
      const cell = row[names.indexOf(column)];
      if (cell === undefined || cell === '') {
        throw badReply('The table', `a row has no ${column}`);
      }
      return [column, cell] as const;
    });
    // Every column was given a cell above.
    return Object.fromEntries(entries) as Record<C, string>;
  });
}

export interface MachineCell {
  /** The first eight digits, or all 32 with `--full`. */
  readonly idStart: string;
  /** Absent when the machine has left fleet's registry. */
  readonly ip?: string;
}

/** `41382dcd.../10.77.0.11`, the whole id with `--full`, the id alone for a machine that is gone, `-` or `global` for none. */
export function parseMachineCell(cell: string): MachineCell | undefined {
  const [id = '', ip] = cell.split('/');
  const idStart = id.replace(/\.\.\.$/, '');
  if (!/^[0-9a-f]+$/.test(idStart) || (idStart.length !== 8 && idStart.length !== 32)) {
    return undefined;
  }
  return ip === undefined || ip === '' ? { idStart } : { idStart, ip };
}

export interface UnitRow {
  readonly unit: string;
  readonly machine?: MachineCell;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
}

/** `deisctl list`: it reads etcd directly, so without quorum it shows stale rows for ever (traces/no-quorum/deisctl-list.txt). */
export function parseDeisctlList(text: string): UnitRow[] {
  return parseTable(text, ['unit', 'machine', 'load', 'active', 'sub']).map(({ machine, ...row }) => {
    const cell = parseMachineCell(machine);
    return cell === undefined ? row : { ...row, machine: cell };
  });
}

/** `fleetctl list-machines` */
export function parseMachineTable(text: string): { machine: MachineCell; ip: string }[] {
  return parseTable(text, ['machine', 'ip']).map(({ machine, ip }) => {
    const cell = parseMachineCell(machine);
    if (cell === undefined) {
      throw badReply('fleetctl', 'a machine has no id');
    }
    return { machine: cell, ip };
  });
}
