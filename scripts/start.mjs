#!/usr/bin/env node
/**
 * `npm start`: builds the extension and opens it in a VS Code.
 *   an installed desktop VS Code ($VSCODE_EXECUTABLE, or `code` on PATH), else one that @vscode/test-electron downloads,
 *   else VS Code in the browser, served on this machine; its address is printed.
 *   npm start -- [--web] [--port N] [--data DIR] [--folder DIR]
 */
import './dependencies.mjs';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

const text = { type: 'string' };
const { values } = parseArgs({ options: { web: { type: 'boolean' }, port: text, data: text, folder: text } });
const { ROOT, buildExtension } = await import('./build.mjs');

function onPath(name) {
  const endings = process.platform === 'win32' ? ['.cmd', '.exe'] : [''];
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) => endings.map((ending) => path.join(folder, name + ending)))
    .find((file) => fs.existsSync(file));
}

/** The desktop VS Code to use, or undefined when there is none to be had or no screen to show it on. */
async function findDesktop() {
  const installed = process.env.VSCODE_EXECUTABLE ?? onPath('code');
  if (installed !== undefined && installed !== '') return installed;
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return undefined;
  try {
    const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
    return await downloadAndUnzipVSCode({ cachePath: path.join(dataFolder(), 'vscode'), timeout: 15_000 });
  } catch (error) {
    console.error(`No desktop VS Code could be downloaded (${error.message}): using the browser.`);
    return undefined;
  }
}

function dataFolder() {
  if (values.data !== undefined) return path.resolve(values.data);
  const base =
    process.env.XDG_DATA_HOME ||
    (process.platform === 'win32' && process.env.LOCALAPPDATA) ||
    path.join(os.homedir(), '.local', 'share');
  return path.join(base, 'deis-cheap-cluster'); // outside the checkout: VS Code mistakes its own themes for ours otherwise
}

async function openDesktop(program) {
  const args = ['--new-window', `--extensionDevelopmentPath=${ROOT}`];
  if (values.folder !== undefined) args.push(path.resolve(values.folder));
  if (process.getuid?.() === 0) args.push('--no-sandbox', `--user-data-dir=${path.join(dataFolder(), 'desktop')}`);
  const isScript = process.platform === 'win32' && program.endsWith('.cmd');
  const child = spawn(isScript ? `"${program}"` : program, args, { stdio: 'inherit', shell: isScript });
  const [code] = await once(child, 'close');
  process.exitCode = code ?? 0;
}

async function openWeb() {
  const { serve } = await import('./vscode.mjs');
  const { keptFront, isFrontRunning, startFront } = await import('./front.mjs');
  const folder = path.join(dataFolder(), 'workbench');
  const kept = keptFront(folder, values.port === undefined ? undefined : Number(values.port));
  const query = new URLSearchParams({
    tkn: kept.token,
    ...(values.folder === undefined ? { ew: 'true' } : { folder: path.resolve(values.folder) }),
  });
  const address = `http://127.0.0.1:${kept.port}/?${query}`;
  if (await isFrontRunning(kept.port)) {
    console.log(`VS Code is running already: open ${address}`);
    return;
  }
  const server = await serve({
    linked: ROOT,
    home: folder,
    keepSettings: true,
    settings: { 'workbench.colorTheme': 'Default Dark Modern' },
    token: ['--connection-token', kept.token],
  });
  const stop = async () => {
    front?.close();
    front?.closeAllConnections();
    await server.stop();
    process.exit(process.exitCode ?? 0);
  };
  let front;
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());
  try {
    front = await startFront({ port: kept.port, key: kept.key, server: server.port });
  } catch (error) {
    const hint =
      error.code === 'EADDRINUSE'
        ? `Port ${kept.port} is taken by another program: npm start -- --port ${kept.port + 1}`
        : error.message;
    console.error(`${hint} (another port is another origin: secrets stored under the old one stay behind)`);
    process.exitCode = 1;
    await stop();
    return;
  }
  console.log(`VS Code with "Deis: Cheap Cluster" is ready: open ${address}`);
  console.log('In the palette (F1): Deis: Create Cheap Cluster. Ctrl-C here ends it.');
}

await buildExtension();
const desktop = values.web === true ? undefined : await findDesktop();
await (desktop === undefined ? openWeb() : openDesktop(desktop));
