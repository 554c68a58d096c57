const TAB = 8;

/**
 * Columns as Go's tabwriter sets them with tabs: every cell but the last is followed by as many tabs as it takes to clear the
 * widest cell of its column by at least one blank (Go, text/tabwriter).
 */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.slice(0, -1).forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, Math.ceil((cell.length + 1) / TAB) * TAB);
    });
  }
  const pad = (cell: string, at: number): string =>
    cell + '\t'.repeat(Math.ceil(((widths[at] ?? 0) - cell.length) / TAB));
  return rows.map((row) => `${[...row.slice(0, -1).map(pad), row.at(-1) ?? ''].join('')}\n`).join('');
}
