import { createRequire } from 'node:module';
import path from 'node:path';
import type { CreateEngine, EngineSettings } from '../../../src/core/engine';
import type { OperationContext, Operator } from '../../../src/core/operator';
import type { SecretStore } from '../../../src/core/ports';
import { memorySecrets, newFolder, windowOptions } from '../adapters/window';
import { removeFolder } from '../removeFolder';

/** One user's computer: a storage folder and secrets that all of its windows share. The engine is the shipped bundle. */
export class Computer {
  readonly folder = newFolder();
  readonly secrets: SecretStore;
  readonly logged: string[] = [];
  readonly #windows: Operator[] = [];

  constructor(makeSecrets: (folder: string) => SecretStore = memorySecrets) {
    this.secrets = makeSecrets(this.folder);
  }

  async open(settings: Partial<EngineSettings> = {}): Promise<Operator> {
    const require = createRequire(import.meta.url);
    // The bundle's only export, whose type is the seam's.
    const { createEngine } = require(path.resolve('dist/engine.js')) as { createEngine: CreateEngine };
    const note = (level: string) => (message: string, error?: unknown) =>
      void this.logged.push(`${level} ${message}${error instanceof Error ? `: ${error.message}` : ''}`);
    const options = windowOptions(this.folder, this.secrets);
    const operator = await createEngine({
      ...options,
      settings: () => ({ ...options.settings(), practiceSpeed: 'max', ...settings }),
      log: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') },
    });
    this.#windows.push(operator);
    return operator;
  }

  close(operator: Operator): void {
    this.#windows.splice(this.#windows.indexOf(operator), 1);
    operator.dispose();
  }

  /** All windows close; the practice process ends with the last of them. */
  async dispose(): Promise<void> {
    for (const operator of this.#windows.splice(0)) {
      operator.dispose();
    }
    await removeFolder(this.folder);
  }
}

export function context(controller = new AbortController()): OperationContext & { readonly reports: string[] } {
  const reports: string[] = [];
  return { signal: controller.signal, report: (message) => void reports.push(message), reports };
}
