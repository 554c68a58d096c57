/** Windows of the VS Code under test: one to drive with Playwright, or one that runs a suite in its extension host. */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { requireBrowser } from './browser.mjs';
import { serve, temporaryFolder } from './vscode.mjs';

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
  const mode = tests ? { flags: ['--enable-smoke-test-driver'] } : { linked: extension ?? [] };
  const server = await serve({
    ...options,
    ...mode,
    log: verbose ? (line) => console.error(`[server] ${line}`) : undefined,
  });
  let context;
  try {
    context = await chromium.launchPersistentContext(profile ?? '', {
      executablePath: requireBrowser(),
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
