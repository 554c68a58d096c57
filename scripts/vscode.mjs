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
 * Modules use `launch()` (a Playwright page to drive) and `runTests()`.
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
  fs.renameSync(staging, home);
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
function temporaryFolder() {
  temporaries.push(fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-under-test-')));
  return temporaries.at(-1);
}

/** Starts the server on a free loopback port, its data in `home`; `stop()` ends it and its children. */
export async function serve({
  env = {},
  settings,
  vsix,
  linked,
  flags = [],
  log = () => {},
  home = temporaryFolder(),
  ...options
} = {}) {
  const { node, root, version } = await install(options);
  const user = path.join(home, 'data', 'User');
  fs.mkdirSync(user, { recursive: true });
  fs.writeFileSync(path.join(user, 'settings.json'), JSON.stringify({ ...QUIET_SETTINGS, ...settings }));

  const [main, extensions] = [path.join(root, 'out', 'server-main.js'), path.join(home, 'extensions')];
  const where = ['--server-data-dir', home, '--extensions-dir', extensions, '--accept-server-license-terms'];
  const environment = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...env };
  if (linked) {
    // a folder that lies among the installed extensions counts as installed
    const { publisher, name, version: its } = JSON.parse(fs.readFileSync(path.join(linked, 'package.json'), 'utf8'));
    fs.mkdirSync(extensions, { recursive: true });
    fs.symlinkSync(path.resolve(linked), path.join(extensions, `${publisher}.${name}-${its}`), 'junction');
  }
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
      '--without-connection-token',
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

function findBrowser() {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (name) => name && fs.existsSync(name),
  );
  if (!found) {
    throw new Error('No Chromium found: apt-get install chromium, or set CHROMIUM to a Chrome or Chromium');
  }
  return found;
}

/** An empty development extension: VS Code runs tests only for one, also when what is tested is an installed .vsix. */
function testHost(home) {
  const folder = path.join(home, 'test-host');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'test-host', publisher: 'test', version: '0.0.0', engines: { vscode: '*' } }),
  );
  return folder;
}

/**
 * Opens VS Code in a browser. `extension` is a development folder (leave it out to test an installed .vsix);
 * with `tests`, VS Code runs that module's run() and `exitCode` settles with 0 or 1.
 */
export async function launch({
  extension,
  tests,
  folder,
  viewport = { width: 1280, height: 800 },
  headless = true,
  profile,
  verbose = false,
  ...options
} = {}) {
  const { chromium } = await import('playwright-core');
  // Newer VS Codes take a development extension from the address only with the smoke test driver, which refuses modal dialogs.
  const mode = tests ? { flags: ['--enable-smoke-test-driver'] } : { linked: extension };
  const server = await serve({
    ...options,
    ...mode,
    log: verbose ? (line) => console.error(`[server] ${line}`) : undefined,
  });
  let context;
  try {
    context = await chromium.launchPersistentContext(profile ?? '', {
      executablePath: findBrowser(),
      headless,
      viewport,
      permissions: ['clipboard-read', 'clipboard-write'],
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      ],
    });
    // code-server's wrapper would answer this; the key encrypts SecretStorage in the browser's localStorage.
    await context.route('**/mint-key', (route) => route.fulfill({ body: Buffer.alloc(32, 7) }));
    const page = context.pages()[0] ?? (await context.newPage());
    if (verbose) {
      page.on('console', (message) => console.error(`[browser] ${message.text()}`));
    }
    const exitCode = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
    await page.exposeFunction('codeAutomationLog', () => {});
    const remote = (file) => `vscode-remote://${server.authority}${pathToFileURL(path.resolve(file)).pathname}`;
    const payload = [['skipWelcome', 'true']];
    if (tests) {
      payload.push(
        ['extensionDevelopmentPath', remote(extension ?? testHost(server.home))],
        ['extensionTestsPath', remote(tests)],
      );
    }
    const query = new URLSearchParams({
      payload: JSON.stringify(payload),
      ...(folder ? { folder: path.resolve(folder) } : { ew: 'true' }),
    });
    await page.goto(`http://${server.authority}/?${query}`);
    if (!tests) {
      await page.locator('.monaco-workbench .activitybar .action-item').first().waitFor();
    }
    return {
      page,
      context,
      server,
      exitCode,
      close: async () => {
        await context.close();
        await server.stop();
      },
    };
  } catch (error) {
    await context?.close();
    await server.stop();
    throw error;
  }
}

/** Copies what the suite's reporter writes (see test/index.ts) to stdout as it comes. */
function follow(file) {
  let offset = 0;
  const copy = () => {
    if (!fs.existsSync(file)) {
      return;
    }
    const text = fs.readFileSync(file).subarray(offset);
    offset += text.length;
    process.stdout.write(text);
  };
  const timer = setInterval(copy, 100);
  return () => {
    clearInterval(timer);
    copy();
  };
}

/** Runs an extension-host suite and returns its exit code: 0 passed, 1 failed, 124 ran past the limit (or the host died). */
export async function runTests({ timeLimit = 120, desktop, env = {}, ...options }) {
  if (desktop) {
    const electron = await import('@vscode/test-electron');
    return electron
      .runTests({
        ...(fs.existsSync(desktop) ? { vscodeExecutablePath: desktop } : { version: desktop }),
        extensionDevelopmentPath: path.resolve(options.extension),
        extensionTestsPath: path.resolve(options.tests),
        extensionTestsEnv: env,
        launchArgs: [...(options.folder ? [path.resolve(options.folder)] : []), '--disable-extensions'],
      })
      .catch((error) => {
        console.error(String(error));
        return 1;
      });
  }
  const home = options.home ?? temporaryFolder();
  const output = path.join(home, 'test-output');
  const finish = follow(output);
  const vscode = await launch({ ...options, home, env: { ...env, EXTENSION_TEST_OUTPUT: output } });
  try {
    const code = await Promise.race([
      vscode.exitCode,
      new Promise((resolve) => setTimeout(resolve, timeLimit * 1000, 124).unref()),
    ]);
    if (code === 124) {
      console.error(`The suite ran past ${timeLimit} seconds`);
    }
    return code;
  } finally {
    await vscode.close();
    finish();
  }
}

async function main() {
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
