import path from 'node:path';
import { createProviders } from './adapters/providers';
import { readOpenSshKey } from './adapters/ssh/openSshKey';
import { createOperator } from './core/clusters';
import type { EngineOptions } from './core/engine';
import type { Operator } from './core/operator';
import { createObserver } from './core/watch/observer';

/**
 * Adapters + core, without vscode: a bundle of its own, loaded when first needed. Resolves when the journals are read.
 */
export async function createEngine(options: EngineOptions): Promise<Operator> {
  const { log, secrets, storagePath } = options;
  const providers = createProviders(options);
  const observer = createObserver({
    providers: async (name) => await providers.open(name),
    log,
    cacheFolder: path.join(storagePath, 'seen'),
  });
  return await createOperator({
    openProvider: async (name) => await providers.open(name),
    accountOf: async (token, signal) => await providers.cloudWithToken(token).getAccount(signal),
    readOpenSshKey,
    settings: () => options.settings(),
    storageFolder: storagePath,
    secrets,
    log,
    // Disposed last: nothing uses the providers then.
    observer: {
      ...observer,
      dispose(): void {
        observer.dispose();
        providers.dispose();
      },
    },
  });
}
