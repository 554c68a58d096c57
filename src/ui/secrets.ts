import type * as vscode from 'vscode';
import type { SecretStore } from '../core/ports';
import { rememberSecret, type Redactor } from '../core/redact';

/** The only way to VS Code's secret storage. Whatever passes is known to the redactor before anybody can log it. */
export function createSecretStore(storage: vscode.SecretStorage, redactor: Redactor): SecretStore {
  return {
    get: async (key) => rememberSecret(redactor, await storage.get(key)),
    store: async (key, value) => await storage.store(key, rememberSecret(redactor, value)),
    delete: async (key) => await storage.delete(key),
  };
}
