import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { EngineOptions } from '../../../src/core/engine';
import type { SecretStore } from '../../../src/core/ports';
import { SETTINGS } from '../../samples';

export function memorySecrets(): SecretStore {
  const values = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(values.get(key)),
    store(key, value) {
      values.set(key, value);
      return Promise.resolve();
    },
    delete(key) {
      values.delete(key);
      return Promise.resolve();
    },
  };
}

export const newFolder = (): string => mkdtempSync(path.join(os.tmpdir(), 'deis-window-'));

/** What a window gives the engine: the shipped practice cloud, and a folder and secrets that windows share. */
export function windowOptions(
  storagePath: string,
  secrets: SecretStore,
  changes: Partial<EngineOptions> = {},
): EngineOptions {
  return {
    storagePath,
    secrets,
    practiceMain: path.resolve('dist/practice/main.mjs'),
    settings: () => SETTINGS,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    ...changes,
  };
}
