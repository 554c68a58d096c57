/**
 * The whole story as a user lives it: every step by palette, tree, mouse and keyboard in a real VS Code window, every question
 * answered in the window. Screenshots go to test-results/, or to media/screenshots/ with DEIS_KEEP_SCREENSHOTS=1.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../../scripts/build.mjs';
import { launch } from '../../scripts/window.mjs';
import * as ui from './recipes.mjs';

const VIEW = 'Clusters';
const PICTURES = path.join(ROOT, process.env.DEIS_KEEP_SCREENSHOTS ? 'media/screenshots' : 'test-results/screenshots');
const MINUTE = 60_000;

let window;
let page;
const row = (label) => ui.treeRow(page, VIEW, label);

/** Waits until a row's text is as wanted. */
async function rowSays(label, pattern, timeout = MINUTE) {
  await page
    .getByRole('tree', { name: VIEW })
    .getByRole('treeitem')
    .filter({ hasText: label })
    .filter({ hasText: pattern })
    .first()
    .waitFor({ timeout });
}

async function picture(name) {
  fs.mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: path.join(PICTURES, `${name}.png`), animations: 'disabled' });
}

/** Waits for text in the terminal in sight. */
const screenSays = (text) =>
  page
    .locator('.terminal-wrapper.active .xterm-rows')
    .filter({ hasText: text })
    .waitFor({ timeout: 2 * MINUTE });

async function question(title) {
  await page.locator('.quick-input-widget .quick-input-title').filter({ hasText: title }).waitFor();
  await page.locator('.quick-input-widget .monaco-list-row').first().waitFor();
}

/** A chapter of the story: what follows one that has failed would only wait for what never comes. */
let hasFailed = false;
const chapter = (name, tell) =>
  it(name, async (test) => {
    if (hasFailed) {
      test.skip('an earlier chapter has failed');
      return;
    }
    hasFailed = true;
    await tell();
    hasFailed = false;
  });

describe('The story of a cheap cluster', { timeout: 6 * MINUTE }, () => {
  before(async () => {
    const settings = { 'workbench.colorTheme': 'Default Dark Modern' };
    window = await launch({ extension: ROOT, settings, viewport: { width: 1360, height: 900 } });
    ({ page } = window);
    page.setDefaultTimeout(MINUTE);
  });
  after(async () => {
    if (hasFailed && page !== undefined) {
      await ui.runCommand(page, 'Deis: Show Log');
      await picture('failed');
    }
    await window?.close();
  });

  chapter('begins with an empty view that says what to do', async () => {
    await ui.openContainer(page, 'Deis');
    await page.getByText('No cluster yet.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Create Cheap Cluster' }).count(), 2);
  });

  chapter('asks six questions whose answers are preselected, then shows the plan and its price', async () => {
    await ui.runCommand(page, 'Deis: Create Cheap Cluster');
    for (let step = 1; step <= 6; step++) {
      await question(`(${step}/6)`);
      await page.keyboard.press('Enter');
    }
    await question('Create 5 droplets for $0.037 an hour ($25 a month)');
    const plan = ui.webview(page);
    await page.mouse.move(700, 880); // No tooltip in the picture.
    await plan.getByRole('heading', { name: 'What it survives' }).waitFor();
    await picture('plan');
    await ui.pick(page, 'Create Cluster');
  });

  chapter('shows in the tree how the nodes appear and the platform comes up', async () => {
    await rowSays('Setup', 'steps done');
    await rowSays('deis-5', /\d{1,3}(\.\d{1,3}){3} · (member|leader)/);
    await picture('setup');
    await ui.notification(page, 'is up');
    await rowSays('Nodes', '5 of 5 ready');
    await rowSays('Platform', '41 of 41 running');
    await rowSays('Other units', 'swapon.service 5/5');
  });

  chapter('opens a terminal on a node', async () => {
    await ui.notificationButton(page, 'is up', 'Open SSH Terminal');
    await screenSays('core@deis-1');
    await ui.typeInTerminal(page, 'fleetctl list-machines\r');
    await screenSays('METADATA');
    const lines = (await ui.terminalText(page)).split('\n');
    const table = lines.slice(lines.findIndex((line) => line.startsWith('MACHINE')) + 1);
    assert.equal(table.filter((line) => /^[0-9a-f]{8}\.\.\.\s+10\./.test(line)).length, 5, lines.join('\n'));
  });

  chapter('is a picture in every theme', async () => {
    await ui.expand(page, VIEW, 'Platform');
    await ui.expand(page, VIEW, 'Control plane');
    await row('Nodes').hover();
    for (const theme of ['light', 'contrast', 'dark']) {
      await ui.setTheme(page, theme);
      await picture(`cluster-${theme}`);
    }
  });

  chapter('is there again after the window was reloaded, with a line that says what it costs', async () => {
    await page.reload();
    await page.locator('.statusbar').filter({ hasText: '$0.037 an hour ($25 a month) in practice money' }).waitFor();
    await ui.openContainer(page, 'Deis');
    await rowSays('Nodes', '5 of 5 ready');
    await rowSays('Platform', '41 of 41 running');
  });

  chapter('takes power from a node, after saying what is left, and its units move', async () => {
    await ui.expand(page, VIEW, 'Platform');
    await ui.expand(page, VIEW, 'Control plane');
    await rowSays('deis-controller', /deis-\d · running/);
    const before = await row('deis-controller').locator('.label-description').innerText();
    const node = /deis-\d/.exec(before)[0];
    await ui.chooseFromContextMenu(page, row(node), 'Open SSH Terminal');
    await screenSays(`core@${node}`);

    await ui.chooseFromContextMenu(page, row(node), 'Power off node');
    await page.locator('.monaco-dialog-box').waitFor();
    await picture('power-off');
    const asked = await ui.answerDialog(page, 'Power Off');
    assert.match(asked, /After this 4 of 5 etcd members are up; 1 more may fail/i);

    await rowSays(node, /powered off/);
    await rowSays('deis-controller', new RegExp(`(?!${node})deis-\\d · running`), 2 * MINUTE);
    await screenSays(`The connection to ${node} was lost`);
    await ui.typeInTerminal(page, '\r');
    await screenSays(/does not answer/);
    await picture('powered-off');

    await row(node).hover();
    await row(node).getByRole('button', { name: 'Power on node' }).click();
    await rowSays('Nodes', '5 of 5 ready', 2 * MINUTE);
    await rowSays('Other units', 'swapon.service 5/5', 2 * MINUTE);
    await ui.typeInTerminal(page, '\r');
    await screenSays(new RegExp(`does not answer[\\s\\S]*core@${node}`));
  });

  chapter('destroys the cluster only for who types its name', async () => {
    await ui.runCommand(page, 'Deis: Destroy Cluster');
    const title = page.locator('.quick-input-widget .quick-input-title');
    await title.filter({ hasText: 'Destroy Cluster' }).waitFor();
    const name = (await title.innerText()).replace('Destroy Cluster ', '').trim();
    await page.keyboard.type('something else');
    await ui.inputMessage(page, `Type ${name} exactly`);
    await ui.answer(page, name);
    await ui.notification(page, 'is destroyed');
    await page.getByText('No cluster yet.').waitFor();
  });
});
