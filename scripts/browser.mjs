/** Finds the Chromium (or Chrome) that shows the workbench. */
import { existsSync } from 'node:fs';
import path from 'node:path';

const KNOWN = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** In one line, what to do when there is none. */
export const NO_BROWSER =
  'No Chromium found: install one (Debian: apt-get install chromium) or set CHROMIUM to the program of a Chromium or Chrome.';

export function findBrowser() {
  const windows = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .map((folder) => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'));
  return [process.env.CHROMIUM, ...KNOWN, ...windows].find(
    (name) => name !== undefined && name !== '' && existsSync(name),
  );
}

export function requireBrowser() {
  const found = findBrowser();
  if (found === undefined) throw new Error(NO_BROWSER);
  return found;
}
