/**
 * `npm start` in the browser, as a person runs it: its own process, its own front, a plain Chromium that nobody helps.
 * What was stored in one window is known in the next, also after the server was stopped and started again.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { requireBrowser } from '../../scripts/browser.mjs';
import { ROOT } from '../../scripts/build.mjs';
import * as ui from './recipes.mjs';

const TOKEN = 'dop_v1_of_the_start_test';

/** Starts a program of ours; resolves with the first line that it prints and that fits. */
async function start(args, pattern) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    new Promise((resolve) => lines.on('line', (text) => pattern.test(text) && resolve(text))),
    closed.then(([code]) => Promise.reject(new Error(`${args[0]} ended with ${code} and never said ${pattern}`))),
  ]);
  const stop = async () => {
    child.kill('SIGTERM');
    const [code, signal] = await closed;
    return code ?? signal;
  };
  return { line, stop, closed };
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

describe('npm start in the browser', { timeout: 240_000 }, () => {
  let folder;
  let port;
  let cloud;
  let workbench;
  let browser;
  let page;

  const startWorkbench = (pattern = /is ready: open /) =>
    start(['scripts/start.mjs', '--web', '--port', String(port), '--data', folder], pattern);
  const addressIn = (line) => /http:\/\/\S+/.exec(line)[0];
  const openDeis = async () => {
    await page.locator('.activitybar').getByRole('tab', { name: 'Deis' }).waitFor();
    await ui.openContainer(page, 'Deis');
  };
  const isTokenKnown = () => page.getByText('A DigitalOcean token is stored').waitFor();

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'deis-start-'));
    port = await freePort();
    cloud = await start([path.join(ROOT, 'dist', 'practice', 'main.mjs'), '--token', TOKEN], /"api"/);
    const machine = path.join(folder, 'workbench', 'data', 'Machine');
    fs.mkdirSync(machine, { recursive: true });
    const settings = { 'deis.digitalOcean.apiUrl': JSON.parse(cloud.line).api };
    fs.writeFileSync(path.join(machine, 'settings.json'), JSON.stringify(settings));
    workbench = await startWorkbench();
    browser = await chromium.launchPersistentContext(path.join(folder, 'profile'), {
      executablePath: requireBrowser(),
      args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
    });
    page = browser.pages()[0] ?? (await browser.newPage());
    page.setDefaultTimeout(60_000);
  });
  after(async () => {
    await browser?.close();
    await workbench?.stop();
    await cloud?.stop();
    if (folder !== undefined) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  });

  it('opens at the printed address, and takes a token', async () => {
    await page.goto(addressIn(workbench.line));
    await openDeis();
    await page.getByText('For real droplets, store a DigitalOcean token first.').waitFor();
    await ui.runCommand(page, 'Deis: Set DigitalOcean Token');
    await ui.answer(page, TOKEN);
    await ui.notification(page, 'The token is stored. It belongs to the account');
    await isTokenKnown();
  });

  it('knows the token after the page was reloaded', async () => {
    await page.reload();
    await openDeis();
    await isTokenKnown();
  });

  it('says that it is running when it is started a second time', async () => {
    const second = await startWorkbench(/running already: open /);
    const [code] = await second.closed;
    assert.equal(code, 0);
    assert.equal(addressIn(second.line), addressIn(workbench.line));
  });

  it('knows the token after it was stopped and started again: the account answers', async () => {
    const address = addressIn(workbench.line);
    assert.equal(await workbench.stop(), 0);
    workbench = undefined;
    workbench = await startWorkbench();
    assert.equal(addressIn(workbench.line), address);
    await page.goto(address);
    await openDeis();
    await isTokenKnown();
    await ui.runCommand(page, 'Deis: Create Cheap Cluster');
    const title = page.locator('.quick-input-widget .quick-input-title');
    await title.filter({ hasText: '(1/6)' }).waitFor();
    await ui.pick(page, 'DigitalOcean');
    await title.filter({ hasText: '(2/6)' }).waitFor(); // The regions of the account that the token belongs to.
    await page.keyboard.press('Escape');
  });

  it('keeps it in no file of the server', () => {
    const files = fs.readdirSync(path.join(folder, 'workbench'), { recursive: true, withFileTypes: true });
    const texts = files
      .filter((file) => file.isFile())
      .map((file) => path.join(file.parentPath ?? file.path, file.name));
    assert.ok(texts.length > 0);
    for (const file of texts) assert.ok(!fs.readFileSync(file).includes(TOKEN), `${file} has the token in it`);
  });
});
