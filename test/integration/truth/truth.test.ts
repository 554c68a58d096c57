import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { listing } from '../../truth/compare';
import { readRows } from '../../truth/readme';
import { judge, shareOf } from '../../truth/report';
import { replay, RUNS } from '../../truth/runner';
import { scenario as discovery } from '../../truth/scenarios/discovery';
import { scenario as etcd } from '../../truth/scenarios/etcd';
import type { Scenario } from '../../truth/stage';
import { removeFolder } from '../removeFolder';
import { temporaryFolder } from '../practice/support';

const [RUN] = RUNS;

/** What differs, row by row, in one run of some folders' scenarios. */
async function differences(scenarios: Readonly<Record<string, Scenario>>): Promise<string[]> {
  const rows = readRows().filter(({ folder }) => folder in scenarios);
  const runs = await replay(rows, new Map(Object.entries(scenarios)), { runs: [RUN] });
  return judge(rows, runs, {})
    .filter(({ verdict }) => verdict === 'differs')
    .map(({ row, why }) => `${row.file}: ${why}`);
}

/** One question: who is in the cluster? */
const asksForMachines: Scenario = {
  run: (stage) => stage.rows(['list-machines.txt'], { as: listing({ identity: true }) }),
};

/** The shipped bundle with one word changed, for as long as the work takes. */
async function withPlanted<T>(word: string, other: string, work: () => Promise<T>): Promise<T> {
  const folder = temporaryFolder();
  cpSync(path.resolve('dist/practice'), folder, { recursive: true });
  let count = 0;
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.mjs'))) {
    const file = path.join(folder, name);
    const text = readFileSync(file, 'utf8');
    count += text.split(word).length - 1;
    writeFileSync(file, text.replaceAll(word, other));
  }
  assert.ok(count > 0, `${word} stands in no file of the bundle`);
  const before = process.env['PRACTICE_MAIN'];
  process.env['PRACTICE_MAIN'] = path.join(folder, 'main.mjs');
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env['PRACTICE_MAIN'];
    else process.env['PRACTICE_MAIN'] = before;
    await removeFolder(folder);
  }
}

describe('the practice cloud against recorded answers of the real programs', { timeout: 300_000 }, () => {
  it('says what etcd, its clients and the discovery service said', async () => {
    const rows = readRows().filter(({ folder }) => folder === 'etcd' || folder === 'discovery');
    const runs = await replay(rows, new Map(Object.entries({ etcd, discovery })), { runs: [RUN] });
    const judged = judge(rows, runs, {});

    assert.deepEqual(
      judged.filter(({ verdict }) => verdict !== 'same').map(({ row, why }) => `${row.file}: ${why}`),
      [],
    );
    assert.equal(shareOf(judged).counted, rows.length);
  });

  it('is found out by a column that is planted wrong', async () => {
    const ofMachines = (all: readonly string[]): string[] => all.filter((one) => one.startsWith('list-machines.txt: '));
    assert.deepEqual(ofMachines(await differences({ fleetctl: asksForMachines })), []);

    const planted = await withPlanted('machine,ip,metadata', 'ip,machine,metadata', () =>
      differences({ fleetctl: asksForMachines }),
    );

    assert.match(ofMachines(planted)[0] ?? '', /stdout columns: /);
  });
});
