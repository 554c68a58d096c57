import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { ClusterError } from '../../core/errors';
import type { OwnKey } from '../../core/operator';
import { needsPassphrase } from './privateKey';
import { ask, pick, type Outcome, type Place } from './wizard';

/** A private key is a few KB; a larger file is something else, picked by mistake. */
const MAX_KEY_BYTES = 64 * 1024;

/** Undefined as value: a new key is made. */
export async function askForKey(place: Place): Promise<Outcome<OwnKey | undefined>> {
  for (;;) {
    const kind = await pick<'new' | 'own'>({
      ...place,
      placeholder: 'Which SSH key opens the nodes?',
      items: [
        {
          label: '$(key) A new key',
          description: 'recommended',
          detail: "RSA, made on this computer and kept in VS Code's secret storage only.",
          value: 'new',
        },
        {
          label: '$(file) A key of mine…',
          detail: 'An RSA key, the only kind the platform can use. A copy is kept in secret storage.',
          value: 'own',
        },
      ],
      active: (value) => value === 'new',
    });
    if (typeof kind !== 'object') {
      return kind;
    }
    if (kind.value === 'new') {
      return { value: undefined };
    }
    const privateKey = await chooseFile();
    if (privateKey === undefined) {
      continue; // The file dialog was closed: back to the question.
    }
    const passphrase = await askForPassphrase(privateKey, place);
    if (passphrase !== 'back') {
      return passphrase && { value: { privateKey, ...passphrase.value } };
    }
  }
}

async function chooseFile(): Promise<string | undefined> {
  const [file] = (await vscode.window.showOpenDialog({ title: 'Private RSA key', openLabel: 'Use this key' })) ?? [];
  if (file === undefined) {
    return undefined;
  }
  if ((await stat(file.fsPath)).size > MAX_KEY_BYTES) {
    throw new ClusterError(`${file.fsPath} is too large for a private key.`, { code: 'keyUnusable' });
  }
  return await readFile(file.fsPath, 'utf8');
}

async function askForPassphrase(privateKey: string, place: Place): Promise<Outcome<{ passphrase?: string }>> {
  if (!needsPassphrase(privateKey)) {
    return { value: {} };
  }
  const answer = await ask({
    ...place,
    prompt: 'The key is locked. Its passphrase is used once and not kept.',
    placeholder: 'Passphrase',
    isPassword: true,
    problem: (value) => (value === '' ? 'The passphrase of the key is needed.' : undefined),
  });
  return typeof answer === 'object' ? { value: { passphrase: answer.value } } : answer;
}
