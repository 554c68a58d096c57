/**
 * What the extension adds to VS Code's own cost of activating any extension: VS Code's own figure ("Developer: Show Running
 * Extensions") for ours minus that for an empty one, both activated by a command in the same window when it is idle.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT, buildExtension } from '../../scripts/build.mjs';
import { launch } from '../../scripts/window.mjs';
import { runCommand } from '../ui/recipes.mjs';

const WINDOWS = 10;

/** A copy that VS Code does not activate by itself at start-up, so that the command does it. */
function copyOurs(folder) {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const ours = path.join(folder, 'ours');
  mkdirSync(path.join(ours, 'dist'), { recursive: true });
  writeFileSync(path.join(ours, 'package.json'), JSON.stringify({ ...manifest, activationEvents: [] }));
  cpSync(path.join(ROOT, 'dist', 'extension.js'), path.join(ours, 'dist', 'extension.js'));
  cpSync(path.join(ROOT, 'media'), path.join(ours, 'media'), { recursive: true });
  return ours;
}

function makeEmpty(folder, word) {
  const empty = path.join(folder, word);
  mkdirSync(empty);
  const commands = [{ command: `${word}.run`, title: `${word}: Run` }];
  const manifest = {
    name: `bench-${word}`,
    publisher: 'bench',
    version: '1.0.0',
    engines: { vscode: '^1.80.0' },
    main: './main.js',
  };
  writeFileSync(path.join(empty, 'package.json'), JSON.stringify({ ...manifest, contributes: { commands } }));
  writeFileSync(
    path.join(empty, 'main.js'),
    `exports.activate = (context) => context.subscriptions.push(require('vscode').commands.registerCommand('${word}.run', () => undefined));`,
  );
  return empty;
}

/** VS Code's own figures by extension name, once all that are named have one. */
async function activationsMs(page, commands) {
  for (let attempt = 1; ; attempt += 1) {
    for (const command of commands) await runCommand(page, command);
    await runCommand(page, 'View: Hide Panel'); // the log would cover rows of the list, which has only what is in sight
    await runCommand(page, 'Developer: Show Running Extensions');
    await page.locator('.runtime-extensions-editor .extension').first().waitFor();
    const texts = await page.locator('.runtime-extensions-editor .extension').allInnerTexts();
    const read = (name) => /Activation:\s*(\d+)\s*ms/.exec(texts.find((text) => text.startsWith(name)) ?? '')?.[1];
    const [ours, empty] = [read('Deis: Cheap Cluster'), read('bench-empty')];
    if (ours !== undefined && empty !== undefined) return { ours: Number(ours), empty: Number(empty) };
    if (attempt === 5) throw new Error(`No figure for both extensions in: ${texts.join(' | ')}`);
  }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

export async function measure() {
  await buildExtension();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'deis-activation-'));
  const differences = [];
  try {
    const extension = [copyOurs(folder), makeEmpty(folder, 'empty'), makeEmpty(folder, 'first')];
    for (let window = 0; window < WINDOWS; window += 1) {
      const vscode = await launch({ extension, viewport: { width: 1280, height: 3000 } }); // the list draws only rows in sight
      try {
        await vscode.page.locator('.activitybar').getByRole('tab', { name: 'Deis' }).waitFor(); // what extensions contribute is there
        // The first command of a window pays for more than itself: another empty extension takes it. Then each goes first in half of the windows.
        const pair = window % 2 === 0 ? ['empty: Run', 'Deis: Show Log'] : ['Deis: Show Log', 'empty: Run'];
        const commands = ['first: Run', ...pair];
        const { ours, empty } = await activationsMs(vscode.page, commands);
        differences.push(ours - empty);
      } finally {
        await vscode.close();
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const note = `${WINDOWS} windows: ${differences.join(' ')}`;
  return [
    { name: 'activation beyond an empty extension, median', value: median(differences), unit: 'ms', limit: 15, note },
  ];
}
