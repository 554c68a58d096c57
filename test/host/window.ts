import * as vscode from 'vscode';

type Asking = 'showWarningMessage' | 'showInformationMessage' | 'showErrorMessage' | 'showInputBox';

/** A box that was shown: everything in it that a user can read. */
export interface Shown {
  readonly kind: Asking;
  readonly text: string;
  readonly buttons: readonly string[];
}

/**
 * Answers boxes in place of a user: VS Code refuses modal ones in a test run. Everything is put back by `restore`.
 * Each box gets the next answer; after the last one every box is closed without an answer.
 */
export function answerBoxes(...answers: (string | undefined)[]): { shown: Shown[]; restore(): void } {
  const shown: Shown[] = [];
  const kinds: Asking[] = ['showWarningMessage', 'showInformationMessage', 'showErrorMessage', 'showInputBox'];
  const originals = kinds.map((kind) => [kind, vscode.window[kind]] as const);
  for (const kind of kinds) {
    const answer = (...args: unknown[]): Promise<string | undefined> => {
      const buttons = args.slice(1).filter((arg): arg is string => typeof arg === 'string');
      shown.push({
        kind,
        text: args
          .filter((arg) => !buttons.includes(String(arg)))
          .map(textOf)
          .join('\n'),
        buttons,
      });
      return Promise.resolve(answers.shift());
    };
    Object.assign(vscode.window, { [kind]: answer });
  }
  return {
    shown,
    restore: () => {
      for (const [kind, original] of originals) Object.assign(vscode.window, { [kind]: original });
    },
  };
}

const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.values(value)
        .filter((each) => typeof each === 'string')
        .join('\n')
    : String(value);
