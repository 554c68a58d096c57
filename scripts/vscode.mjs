#!/usr/bin/env node
/**
 * Runs a VS Code extension inside a real VS Code without downloading VS Code.
 *
 * It is the server and web workbench in the npm package `code-server`, without that package's own wrapper (login, proxy).
 *
 *   vscode-under-test.mjs install                          put VS Code into the cache
 *   vscode-under-test.mjs tests --extension DIR --tests JS run the suite whose module exports run()
 *   vscode-under-test.mjs ui    --extension DIR            keep a window open and print its address
 *   options: --folder DIR | --vsix FILE | --node MAJOR | --desktop PATH_OR_VERSION | --time-limit SECONDS | --verbose
 * Modules use `launch()` (a Playwright page to drive) and `runTests()` of window.mjs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';

/** Newest code-server (and the VS Code inside it) that each Node major can run. */
export const RELEASES = { 20: '4.100.3', 22: '4.117.0', 24: '4.139.1' };

/** Settings that keep VS Code quiet and off the network. */
const off = [
  'chat.commandCenter.enabled',
  'extensions.autoCheckUpdates',
  'extensions.autoUpdate',
  'git.enabled',
  'json.schemaDownload.enable',
  'npm.fetchOnlinePackageInfo',
  'terminal.integrated.showTerminalConfigPrompt',
  'workbench.enableExperiments',
  'workbench.settings.enableNaturalLanguageSearch',
  'workbench.tips.enabled',
];
const on = ['chat.disableAIFeatures', 'extensions.ignoreRecommendations', 'typescript.disableAutomaticTypeAcquisition'];
export const QUIET_SETTINGS = {
  ...Object.fromEntries([...off.map((name) => [name, false]), ...on.map((name) => [name, true])]),
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.startupEditor': 'none',
  'terminal.integrated.gpuAcceleration': 'off', // the DOM renderer: a terminal's text can be read from the page
};

/** Never inside the extension: VS Code would take its own built-in themes for those of the extension in development. */
const CACHE =
  process.env.VSCODE_UNDER_TEST_CACHE ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'vscode-under-test');
const WINDOWS = process.platform === 'win32';

async function run(command, args, { optional = false, ...options } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], shell: WINDOWS, ...options });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const [code] = await once(child, 'close');
  if (code && !optional) {
    throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${output.slice(-4000)}`);
  }
  return output;
}

/** The Node that runs VS Code: this one, or another major taken from the npm package `node-<platform>-<arch>`. */
async function findNode(major, cache) {
  if (!major || Number(major) === parseInt(process.versions.node, 10)) {
    return process.execPath;
  }
  const name = `node-${WINDOWS ? 'win' : process.platform}-${process.arch}`;
  const home = path.join(cache, `node-${major}`);
  const node = path.join(home, 'node_modules', name, 'bin', WINDOWS ? 'node.exe' : 'node');
  if (!fs.existsSync(node)) {
    await run('npm', ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', `${name}@${major}`]);
  }
  return node;
}

/** Installs VS Code once per version and Node major; returns the Node to use and the folder of the server. */
export async function install({ node: wanted, cache = CACHE, log = console.error } = {}) {
  const node = await findNode(wanted, cache);
  const major = wanted ?? parseInt(process.versions.node, 10);
  const version = RELEASES[major];
  if (!version) {
    throw new Error(`No code-server is known for Node ${major}; use --node ${Object.keys(RELEASES).at(-1)}`);
  }
  const home = path.join(cache, `code-server-${version}`);
  const result = { node, root: path.join(home, 'lib', 'vscode'), version };
  if (fs.existsSync(home)) {
    return result;
  }

  const step = (text) => log(`[vscode] ${text}`);
  fs.mkdirSync(cache, { recursive: true });
  const staging = fs.mkdtempSync(`${home}-`); // moved into place when whole, so that a broken install never counts
  const root = path.join(staging, 'lib', 'vscode');
  step(`downloading code-server ${version}`);
  const tarball = (await run('npm', ['pack', '--silent', `code-server@${version}`], { cwd: staging }))
    .trim()
    .split(/\s+/)
    .at(-1);
  await run('tar', ['-xzf', tarball, '--strip-components=1', '--exclude=*.map', 'package/lib'], { cwd: staging });
  fs.rmSync(path.join(staging, tarball));

  // Node's headers lie beside the binary, so native modules need no download.
  const prefix = path.dirname(path.dirname(node));
  const env = { ...process.env, PATH: path.dirname(node) + path.delimiter + process.env.PATH };
  if (fs.existsSync(path.join(prefix, 'include', 'node', 'node.h'))) {
    env.npm_config_nodedir = prefix;
  }
  step('installing its dependencies');
  await run('npm', ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund'], { cwd: root, env });
  fs.symlinkSync('node_modules', path.join(root, 'node_modules.asar'), 'junction');
  step('building native modules');
  for (const [name, file] of [
    ['native-watchdog', 'watchdog'],
    ['@vscode/native-watchdog', 'watchdog'],
    ['@vscode/spdlog', 'spdlog'],
    ['node-pty', 'pty'],
  ]) {
    const folder = path.join(root, 'node_modules', name);
    const ready = () =>
      ['build/Release', `prebuilds/${process.platform}-${process.arch}`].some((place) =>
        fs.existsSync(path.join(folder, place, `${file}.node`)),
      );
    if (!fs.existsSync(folder) || ready()) {
      continue;
    }
    await run('npm', ['rebuild', name], { cwd: root, env, optional: true }); // node-pty ends with an error after a good build
    if (!ready()) {
      log(
        `[vscode] ${name} was not built (no compiler?); only ${{ pty: 'shell terminals', spdlog: 'log files' }[file] ?? 'a watchdog'} will lack`,
      );
    }
  }
  try {
    fs.renameSync(staging, home);
  } catch (error) {
    if (!fs.existsSync(home)) throw error;
    fs.rmSync(staging, { recursive: true, force: true }); // another run was faster
  }
  step('ready');
  return result;
}

/** Folders that are gone when this process ends, however it ends. */
const temporaries = [];
process.once('exit', () => {
  for (const folder of temporaries) {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});
export function temporaryFolder() {
  temporaries.push(fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-under-test-')));
  return temporaries.at(-1);
}

/** Makes the folder of an extension count as installed. */
function link(folder, extensions) {
  const { publisher, name, version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  fs.mkdirSync(extensions, { recursive: true });
  const place = path.join(extensions, `${publisher}.${name}-${version}`);
  fs.rmSync(place, { force: true }); // of an earlier start, perhaps of another checkout
  fs.symlinkSync(path.resolve(folder), place, 'junction');
}

/**
 * Starts the server on a free loopback port, its data in `home`; `stop()` ends it and its children.
 * `settings` are written at each start; with `keepSettings` only at the first, so that a person's own changes stay.
 */
export async function serve({
  env = {},
  settings,
  vsix,
  linked = [],
  keepSettings = false,
  token = ['--without-connection-token'],
  flags = [],
  log = () => {},
  home = temporaryFolder(),
  ...options
} = {}) {
  const { node, root, version } = await install(options);
  const user = path.join(home, 'data', 'User');
  fs.mkdirSync(user, { recursive: true });
  const settingsFile = path.join(user, 'settings.json');
  if (!keepSettings || !fs.existsSync(settingsFile)) {
    fs.writeFileSync(settingsFile, JSON.stringify({ ...QUIET_SETTINGS, ...settings }, undefined, 2));
  }

  const [main, extensions] = [path.join(root, 'out', 'server-main.js'), path.join(home, 'extensions')];
  const where = ['--server-data-dir', home, '--extensions-dir', extensions, '--accept-server-license-terms'];
  const environment = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...env };
  for (const folder of [linked].flat()) link(folder, extensions);
  if (vsix) {
    await run(node, [main, ...where, '--install-extension', path.resolve(vsix), '--force'], { env: environment });
  }

  const server = spawn(
    node,
    [
      main,
      ...where,
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      ...token,
      '--telemetry-level',
      'off',
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      '--disable-workspace-trust',
      ...flags,
    ],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: !WINDOWS },
  );
  createInterface({ input: server.stderr }).on('line', log);
  const killGroup = (signal) => {
    try {
      WINDOWS ? server.kill(signal) : process.kill(-server.pid, signal);
    } catch {
      /* gone */
    }
  };
  const onExit = () => killGroup('SIGKILL');
  process.prependOnceListener('exit', onExit); // before the folders go
  const ended = once(server, 'exit');
  const port = await new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      log(line);
      const found = /agent listening on (\d+)/.exec(line);
      if (found) {
        resolve(Number(found[1]));
      }
    });
    void ended.then(([code]) => reject(new Error(`VS Code server ended with ${code} before it listened`)));
  });
  const stop = async () => {
    killGroup('SIGTERM'); // lets the extension host write its coverage
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
    killGroup('SIGKILL');
    process.off('exit', onExit);
  };
  return { port, authority: `127.0.0.1:${port}`, home, pid: server.pid, version, stop };
}

async function main() {
  const { launch, runTests } = await import('./window.mjs');
  const text = { type: 'string' };
  const {
    values,
    positionals: [mode = 'install'],
  } = parseArgs({
    allowPositionals: true,
    options: {
      extension: text,
      tests: text,
      folder: text,
      vsix: text,
      node: text,
      desktop: text,
      'time-limit': text,
      verbose: { type: 'boolean' },
      headed: { type: 'boolean' },
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => process.exit(130));
  }
  const options = { ...values, headless: !values.headed };
  if (mode === 'install') {
    console.log((await install(options)).root);
    return;
  }
  if (mode === 'tests') {
    process.exitCode = await runTests({ ...options, timeLimit: Number(values['time-limit'] ?? 120) });
    return;
  }
  const vscode = await launch(options);
  console.log(vscode.page.url());
  await once(vscode.context, 'close');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(error);
    process.exit(1);
  });
}
