/** A DigitalOcean account in the window: its token, and what of 2016 it no longer has. The account is a practice cloud's of today. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../../scripts/build.mjs';
import { launch } from '../../scripts/window.mjs';
import * as ui from './recipes.mjs';

const TOKEN = 'dop_v1_of_the_test';

async function startCloud() {
  const main = path.join(ROOT, 'dist', 'practice', 'main.mjs');
  const child = spawn(process.execPath, [main, '--token', TOKEN, '--catalogue', 'today'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, api: JSON.parse(line).api };
}

describe('A DigitalOcean account', { timeout: 180_000 }, () => {
  let cloud;
  let window;
  let page;
  let home;

  before(async () => {
    cloud = await startCloud();
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'deis-account-'));
    const settings = { 'deis.digitalOcean.apiUrl': cloud.api };
    // Where a token is sent is a setting of the machine: neither the user's settings nor a folder's can change it.
    fs.mkdirSync(path.join(home, 'data', 'Machine'), { recursive: true });
    fs.writeFileSync(path.join(home, 'data', 'Machine', 'settings.json'), JSON.stringify(settings));
    window = await launch({ extension: ROOT, home, viewport: { width: 1280, height: 900 } });
    ({ page } = window);
    page.setDefaultTimeout(60_000);
    await ui.openContainer(page, 'Deis');
    await page.getByText('No cluster yet.').waitFor();
  });
  after(async () => {
    await window?.close();
    cloud?.child.kill();
    if (home !== undefined) fs.rmSync(home, { recursive: true, force: true });
  });

  it('is asked about a token before that is stored', async () => {
    await ui.runCommand(page, 'Deis: Set DigitalOcean Token');
    assert.equal(await ui.answer(page, 'dop_v1_of_somebody_else'), 'password');
    await ui.inputMessage(page, 'rejects the token');
    await ui.answer(page, TOKEN);
    await ui.notification(page, 'The token is stored. It belongs to the account');
    await page.getByText('A DigitalOcean token is stored').waitFor();
  });

  it('says all at once what of the guide it no longer has', async () => {
    await ui.runCommand(page, 'Deis: Create Cheap Cluster');
    const title = page.locator('.quick-input-widget .quick-input-title');
    await title.filter({ hasText: '(1/6)' }).waitFor();
    await ui.pick(page, 'DigitalOcean');
    await title.filter({ hasText: '(2/6)' }).waitFor();
    await page.keyboard.press('Enter');
    await title.filter({ hasText: '(3/6)' }).waitFor();
    const sizes = await ui.pickLabels(page);
    assert.equal(sizes[0], 's-1vcpu-1gb', 'the cheapest whose disk can hold the swap is preselected');
    await page.keyboard.press('Enter');
    for (const step of [4, 5, 6]) {
      await title.filter({ hasText: `(${step}/6)` }).waitFor();
      await page.keyboard.press('Enter');
    }
    await page.locator('.monaco-dialog-box').waitFor();
    const text = await ui.answerDialog(page, 'Cancel');
    assert.match(text, /in the way of deis/);
    assert.match(text, /coreos-stable/);
  });

  it('is forgotten when the token is cleared', async () => {
    await ui.runCommand(page, 'Deis: Clear DigitalOcean Token');
    await ui.notification(page, 'The DigitalOcean token is cleared.');
    await page.getByText('For real droplets, store a DigitalOcean token first.').waitFor();
  });
});
