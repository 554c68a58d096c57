#!/usr/bin/env node
/**
 * `npm run bench [-- --json] [-- NAME…]`: the product's measures against their limits; exit code 1 when one is missed.
 * Each measure is a file in test/bench that exports `measure()`: it resolves with rows {name, value, unit, limit, note?}.
 */
import './dependencies.mjs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { globSync } from './files.mjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const files = globSync(path.join(ROOT, 'test', 'bench'), (name) => name.endsWith('.bench.mjs')).filter(
  (file) => positionals.length === 0 || positionals.some((name) => path.basename(file).includes(name)),
);

const rows = [];
for (const file of files) {
  console.error(`Measuring ${path.basename(file, '.bench.mjs')} …`);
  const { measure } = await import(pathToFileURL(file).href);
  for (const row of await measure()) rows.push({ ...row, isMet: row.limit === undefined || row.value <= row.limit });
}

const show = (number) => (Number.isInteger(number) ? String(number) : number.toFixed(2));
if (values.json === true) {
  console.log(JSON.stringify(rows, undefined, 2));
} else {
  const cells = rows.map((row) => [
    row.name,
    `${show(row.value)} ${row.unit}`,
    row.limit === undefined ? '' : `≤ ${show(row.limit)} ${row.unit}`,
    row.limit === undefined ? '' : row.isMet ? 'met' : 'MISSED',
    row.note ?? '',
  ]);
  const table = [['measure', 'value', 'limit', '', 'note'], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}
process.exitCode = rows.length > 0 && rows.every((row) => row.isMet) ? 0 : 1;
