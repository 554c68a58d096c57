import { Console } from 'node:console';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Writable } from 'node:stream';
import { format } from 'node:util';
import Mocha from 'mocha';
import { install } from 'source-map-support';

/** Where the harness reads: VS Code keeps the extension host's stdout for itself. */
function writeTo(output: string): void {
  const write = (text: string): void => fs.appendFileSync(output, text);
  const sink = new Writable({
    write(chunk, _encoding, done) {
      write(String(chunk));
      done();
    },
  });
  globalThis.console = new Console(sink); // its methods cannot be assigned one by one: VS Code pins them
  // mocha remembers the old console.log
  (Mocha.reporters.Base as { consoleLog?: (...args: unknown[]) => void }).consoleLog = (...args) =>
    write(`${format(...args)}\n`);
}

/** Named by `extensionTestsPath`; the same for VS Code in the browser and on the desktop. */
export async function run(): Promise<void> {
  const output = process.env['EXTENSION_TEST_OUTPUT'];
  if (output !== undefined) writeTo(output);
  install({ environment: 'node', handleUncaughtExceptions: false }); // VS Code's own Error.prepareStackTrace defeats --enable-source-maps
  const grep = process.env['TEST_GREP'];
  const mocha = new Mocha({ ui: 'bdd', color: true, timeout: 60_000, ...(grep === undefined ? {} : { grep }) });
  for (const file of fs.readdirSync(__dirname).filter((name) => name.endsWith('.test.js')))
    mocha.addFile(path.join(__dirname, file));
  const total = await new Promise<Mocha.Stats>((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats ?? ({ passes: 0, failures: 1, pending: 0 } as Mocha.Stats)));
  });
  const count = process.env['DEIS_TEST_COUNT'];
  const counts = { passed: total.passes, failed: total.failures, skipped: total.pending };
  if (count !== undefined) fs.writeFileSync(count, JSON.stringify(counts));
  if (total.failures > 0) throw new Error(`${total.failures} test(s) failed`);
}
