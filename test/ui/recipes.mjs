/**
 * Playwright recipes for the VS Code workbench. Every function takes the page that `launch()` returned.
 * They lean on ARIA roles and on class names that have been stable for years.
 */
import AxeBuilder from '@axe-core/playwright';

const quickInput = (page) => page.locator('.quick-input-widget');
const toasts = (page) => page.locator('.notifications-toasts .notification-list-item');

/** Runs a command by the title the palette shows, e.g. 'Harness: Long Work'. */
export async function runCommand(page, title) {
  for (let attempt = 1; ; attempt++) {
    // a webview that is loading, or a palette that is closing, swallows the key
    try {
      await page.keyboard.press('F1');
      await quickInput(page).locator('input[type=text]').fill(`>${title}`, { timeout: 1500 });
      await quickInput(page).getByRole('option', { name: title }).first().click({ timeout: 3000 });
      return;
    } catch (error) {
      if (attempt === 4) {
        throw error;
      }
    }
  }
}

export async function pick(page, label) {
  await quickInput(page).getByRole('option', { name: label }).first().click();
}

/** The labels a quick pick offers now. */
export async function pickLabels(page) {
  await quickInput(page).getByRole('option').first().waitFor();
  return quickInput(page).locator('.monaco-list-row .label-name').allInnerTexts();
}

/** Answers an input box and returns its type: 'password' when it is masked. */
export async function answer(page, text) {
  const input = quickInput(page).locator('.quick-input-box input');
  await input.waitFor();
  const type = await input.getAttribute('type');
  await input.fill(text);
  await input.press('Enter');
  return type;
}

/** Waits for the validation message that holds an input box back. */
export async function inputMessage(page, text) {
  await quickInput(page).locator('.quick-input-message').filter({ hasText: text }).waitFor();
}

/** Opens a view container by its title in the activity bar. */
export async function openContainer(page, title) {
  const tab = page.locator('.activitybar').getByRole('tab', { name: title });
  if ((await tab.getAttribute('aria-selected')) !== 'true') {
    await tab.click();
  }
}

/** Rows of a tree view as the user sees them. Only rows in sight exist: VS Code draws trees lazily. */
export async function treeRows(page, view) {
  const tree = page.getByRole('tree', { name: view });
  await tree.getByRole('treeitem').first().waitFor();
  return tree.getByRole('treeitem').evaluateAll((rows) =>
    rows.map((row) => ({
      label: row.querySelector('.label-name')?.textContent,
      description: row.querySelector('.label-description')?.textContent ?? '',
      spoken: row.getAttribute('aria-label'),
      level: Number(row.getAttribute('aria-level')),
      expanded: row.getAttribute('aria-expanded') === 'true',
    })),
  );
}

export const treeRow = (page, view, label) =>
  page.getByRole('tree', { name: view }).getByRole('treeitem').filter({ hasText: label }).first();

export async function expand(page, view, label) {
  const row = treeRow(page, view, label);
  if ((await row.getAttribute('aria-expanded')) !== 'true') {
    await row.locator('.monaco-tl-twistie').click();
  }
}

/** Right-clicks a row and chooses an item (submenus: hover the parent first). */
export async function chooseFromContextMenu(page, row, item) {
  await row.click({ button: 'right' });
  await page.getByRole('menuitem', { name: item }).click({ delay: 200 }); // a menu ignores clicks just after it opens
}

/** Waits for the notification whose message contains `text`; click its buttons through `notificationButton`. */
export async function notification(page, text) {
  const toast = toasts(page).filter({ hasText: text }).first();
  await toast.waitFor();
  return toast;
}

/** Also cancels progress: notificationButton(page, 'Working', 'Cancel'). */
export async function notificationButton(page, text, button) {
  await (await notification(page, text)).getByRole('button', { name: button, exact: true }).click();
}

/** Modal dialogs (showWarningMessage with modal: true). Returns message and detail. */
export async function answerDialog(page, button) {
  const dialog = page.locator('.monaco-dialog-box');
  const text = await dialog.locator('.dialog-message-container').innerText();
  await dialog.getByRole('button', { name: button, exact: true }).click();
  return text;
}

/** Types into the terminal in sight. */
export async function typeInTerminal(page, text) {
  await page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
  await page.keyboard.type(text);
}

/** Needs "terminal.integrated.gpuAcceleration": "off". Rows come in order; trailing blanks are cut. */
export async function terminalText(page) {
  const rows = await page.locator('.terminal-wrapper.active .xterm-rows > div').allTextContents();
  return rows
    .map((row) => row.replace(/\u00a0/g, ' ').trimEnd())
    .join('\n')
    .trimEnd();
}

/** The extension's own document inside a webview panel or view. */
export const webview = (page, index = 0) =>
  page.frameLocator('iframe.webview.ready').nth(index).frameLocator('#active-frame');

/** axe-core on a webview only (or, with another selector, on part of the workbench). */
export async function accessibilityViolations(page, scope = ['iframe.webview.ready', '#active-frame', 'html']) {
  const { violations } = await new AxeBuilder({ page }).include(scope).analyze();
  return violations.map((v) => ({
    rule: v.id,
    impact: v.impact,
    targets: v.nodes.map((n) => n.target.flat().join(' > ')),
  }));
}

/** How the picker names the built-in themes, and the class the workbench then wears. */
export const THEMES = {
  dark: ['Dark Modern', 'vs-dark'],
  light: ['Light Modern', 'vs'],
  contrast: ['Dark High Contrast', 'hc-black'],
  contrastLight: ['Light High Contrast', 'hc-light'],
};

/** Changes the theme of an open window. (For a whole run, give launch() the setting "workbench.colorTheme" instead.) */
export async function setTheme(page, theme) {
  const [name, css] = THEMES[theme];
  await runCommand(page, 'Preferences: Color Theme');
  await quickInput(page).getByRole('option').first().waitFor();
  await quickInput(page).locator('input[type=text]').fill(name);
  await quickInput(page).getByRole('option', { name }).first().click();
  await page.locator(`.monaco-workbench.${css}`).waitFor();
}

/** Addresses that vscode.env.openExternal opened from now on. */
export function watchExternal(context) {
  const opened = [];
  context.on('page', (popup) => {
    opened.push(popup.url());
    void popup.close();
  });
  return opened;
}
