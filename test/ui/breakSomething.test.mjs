/** What is broken on purpose in the practice cloud: by palette and tree, seen in the tree, repaired there. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../../scripts/build.mjs';
import { launch } from '../../scripts/window.mjs';
import * as ui from './recipes.mjs';

const VIEW = 'Clusters';
const PICTURES = path.join(ROOT, process.env.DEIS_KEEP_SCREENSHOTS ? 'media/screenshots' : 'test-results/screenshots');

describe('Something broken on purpose', { timeout: 240_000 }, () => {
  let window;
  let page;
  const row = (label) => ui.treeRow(page, VIEW, label);
  const rows = (label, pattern) =>
    page
      .getByRole('tree', { name: VIEW })
      .getByRole('treeitem')
      .filter({ hasText: label })
      .filter({ hasText: pattern });
  const rowSays = (label, pattern) => rows(label, pattern).first().waitFor();
  const picture = (name) => page.screenshot({ path: path.join(PICTURES, `${name}.png`), animations: 'disabled' });
  const question = (title) =>
    page.locator('.quick-input-widget .quick-input-title').filter({ hasText: title }).waitFor();

  before(async () => {
    fs.mkdirSync(PICTURES, { recursive: true });
    const settings = { 'workbench.colorTheme': 'Default Dark Modern' };
    window = await launch({ extension: ROOT, settings, viewport: { width: 1360, height: 900 } });
    ({ page } = window);
    page.setDefaultTimeout(90_000);
    await ui.openContainer(page, 'Deis');
    await page.getByText('No cluster yet.').waitFor();
    await ui.runCommand(page, 'Deis: Create Cheap Cluster');
    for (let step = 1; step <= 6; step++) {
      await question(`(${step}/6)`);
      await page.locator('.quick-input-widget .monaco-list-row').first().waitFor();
      await page.keyboard.press('Enter');
    }
    await question('Create 5 droplets');
    await ui.pick(page, 'Create Cluster');
    await ui.notification(page, 'is up');
    await rowSays('Platform', '41 of 41 running');
  });
  after(() => window?.close());

  it('by the palette is a node that hangs: the tree says who did it, and the cluster goes on without it', async () => {
    await ui.runCommand(page, 'Practice: Break Something');
    await question('Break Something');
    await picture('break-something');
    await ui.pick(page, 'Node hangs');
    await question('Which node is to break?');
    await ui.pick(page, 'deis-3');
    await question('For how long?');
    await page.keyboard.press('Enter'); // until it is repaired

    await ui.notification(page, 'deis-3 hangs.');
    await rowSays('Broken on purpose', '1 thing');
    await rowSays('deis-3 hangs', 'answers nothing');
    await rowSays('deis-3', 'does not answer');
    await rowSays('deis-', 'degraded · practice');
    for (const theme of ['light', 'contrast', 'dark']) {
      await ui.setTheme(page, theme);
      await picture(`broken-${theme}`);
    }
  });

  it('is repaired by the button of its row, and all is well again', async () => {
    const fault = row('deis-3 hangs');
    await fault.hover();
    await fault.getByRole('button', { name: 'Repair' }).click();

    await rows('Broken on purpose', '').first().waitFor({ state: 'detached' });
    await rowSays('Nodes', '5 of 5 ready');
    await rowSays('deis-', 'healthy · practice');
  });

  it('on a node by a right click asks which; everything is repaired by the palette', async () => {
    await ui.chooseFromContextMenu(page, row('deis-2'), 'Break Something');
    await question('Break Something');
    assert.ok(!(await ui.pickLabels(page)).some((label) => /API|Network/.test(label)), 'only what a node can have');
    await ui.pick(page, 'SSH is refused');
    await question('For how long?');
    await ui.pick(page, 'Until it is repaired');
    await rowSays('deis-2 refuses SSH', '');
    await rowSays('deis-2', 'does not answer');

    await ui.runCommand(page, 'Practice: Break Something');
    await question('Break Something');
    await page.locator('.quick-input-widget input[type=text]').fill('API refuses');
    await ui.pick(page, 'API refuses');
    await question('Which calls?');
    await ui.pick(page, 'Creating droplets');
    await question('For how long?');
    await ui.pick(page, 'The next five calls');
    await rowSays('API refuses (500)', 'POST /v2/droplets · 5 calls left');
    await rowSays('Broken on purpose', '2 things');

    await ui.runCommand(page, 'Practice: Break Something');
    await question('Break Something');
    await ui.pick(page, 'Clock goes wrong');
    await question('Which node is to break?');
    await ui.pick(page, 'deis-1');
    await question('For how long?');
    await ui.pick(page, 'For 10 minutes');
    await rowSays('deis-1 has a wrong clock', 'for 10 min');
    await rows('deis-1 has a wrong clock', '').first().waitFor({ state: 'detached' }); // it ends by itself

    await ui.runCommand(page, 'Practice: Repair');
    await ui.pick(page, 'Repair Everything');
    await rows('Broken on purpose', '').first().waitFor({ state: 'detached' });
    await rowSays('Nodes', '5 of 5 ready');
  });
});
