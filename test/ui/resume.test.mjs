/** A setup that is stopped half-way and goes on, and a second window beside the first. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../../scripts/build.mjs';
import { launch } from '../../scripts/window.mjs';
import * as ui from './recipes.mjs';

const VIEW = 'Clusters';

/** Waits until a row of the tree says so. */
const rowSays = (page, label, pattern) =>
  page
    .getByRole('tree', { name: VIEW })
    .getByRole('treeitem')
    .filter({ hasText: label })
    .filter({ hasText: pattern })
    .first()
    .waitFor();

describe('A setup that stops half-way', { timeout: 200_000 }, () => {
  let home;
  let window;
  let page;

  const practicePid = () => {
    const storage = path.join(home, 'data', 'User', 'globalStorage', 'deis-cheap-cluster.deis-cheap-cluster');
    return JSON.parse(fs.readFileSync(path.join(storage, 'practice', 'process.json'), 'utf8')).pid;
  };
  const addresses = async (of) => {
    const rows = await ui.treeRows(of, VIEW);
    return rows
      .filter(({ label }) => /^deis-\d$/.test(label))
      .map(({ label, description }) => [label, description.split(' · ')[0]]);
  };

  before(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'deis-resume-'));
    window = await launch({ extension: ROOT, home, viewport: { width: 1280, height: 900 } });
    ({ page } = window);
    page.setDefaultTimeout(90_000);
    await ui.openContainer(page, 'Deis');
    await page.getByText('No cluster yet.').waitFor();
  });
  after(async () => {
    await window?.close();
    if (home !== undefined) fs.rmSync(home, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  });

  it('says in the tree where it has stopped, and why', async () => {
    await ui.runCommand(page, 'Deis: Create Cheap Cluster');
    const title = page.locator('.quick-input-widget .quick-input-title');
    for (let step = 1; step <= 6; step++) {
      await title.filter({ hasText: `(${step}/6)` }).waitFor();
      await page.locator('.quick-input-widget .monaco-list-row').first().waitFor();
      await page.keyboard.press('Enter');
    }
    await title.filter({ hasText: 'Create 5 droplets' }).waitFor();
    await ui.pick(page, 'Create Cluster');
    await rowSays(page, 'Setup', /([5-9]|1\d) of \d+ steps done/); // The droplets are there, the platform is not.
    await ui.notificationButton(page, 'Creating deis', 'Cancel');

    await ui.notification(page, 'What was created stays until you resume or destroy it.');
    await rowSays(page, 'deis-', 'setup stopped · practice');
    await rowSays(page, 'Setup stopped at', 'Resume Setup goes on from there');
    const stopped = page.getByRole('treeitem').filter({ hasText: 'stopped here' });
    await stopped.waitFor();
    const label = await stopped.locator('.label-name').innerText();
    await rowSays(page, 'Setup stopped at', `"${label}"`);
  });

  it('goes on from there by a right click, and ends healthy', async () => {
    const known = (await addresses(page)).map(([name]) => name);
    const cluster = page.getByRole('tree', { name: VIEW }).getByRole('treeitem').first();
    await ui.chooseFromContextMenu(page, cluster, 'Resume Setup');
    await ui.notification(page, 'is up');
    await rowSays(page, 'deis-', 'healthy · practice');
    await rowSays(page, 'Nodes', '5 of 5 ready');
    await rowSays(page, 'Platform', '41 of 41 running');

    assert.equal(known.length, 5, 'the droplets were there when it was stopped');
    assert.deepEqual(
      (await addresses(page)).map(([name]) => name),
      known,
    );
  });

  it('is the same cluster, in the same practice cloud, in a second window', async () => {
    const pid = practicePid();
    const second = await window.context.newPage();
    second.setDefaultTimeout(90_000);
    await second.goto(page.url());
    await second.locator('.activitybar').getByRole('tab', { name: 'Deis' }).waitFor();
    await ui.openContainer(second, 'Deis');
    await rowSays(second, 'deis-', 'healthy · practice');
    await rowSays(second, 'Nodes', '5 of 5 ready');

    assert.deepEqual(await addresses(second), await addresses(page));
    assert.equal(practicePid(), pid);
    await second.close();
    await ui.runCommand(page, 'Deis: Refresh');
    await rowSays(page, 'Nodes', '5 of 5 ready');
    assert.equal(practicePid(), pid, 'it outlives the window that came later');
  });
});
