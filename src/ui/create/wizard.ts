import * as vscode from 'vscode';

/** How one question ended. `undefined`: the user closed it. */
export type Outcome<T> = { readonly value: T } | 'back' | undefined;

export interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

export type Choice<T> = vscode.QuickPickItem & { readonly value: T };

export interface PickOptions<T> extends Place {
  readonly placeholder: string;
  readonly items: readonly (Choice<T> | vscode.QuickPickItem)[];
  /** Preselected: Enter takes it. */
  readonly active?: (value: T) => boolean;
}

const isChoice = <T>(item: Choice<T> | vscode.QuickPickItem | undefined): item is Choice<T> =>
  item !== undefined && 'value' in item;

/** One question with fixed answers; from the second on there is a button that goes back. */
export async function pick<T>(options: PickOptions<T>): Promise<Outcome<T>> {
  const box = vscode.window.createQuickPick<Choice<T> | vscode.QuickPickItem>();
  place(box, options);
  box.placeholder = options.placeholder;
  box.matchOnDescription = true;
  box.items = options.items;
  box.activeItems = box.items.filter((item) => isChoice(item) && options.active?.(item.value) === true).slice(0, 1);
  return await shown(box, (resolve) =>
    box.onDidAccept(() => {
      const [chosen] = box.selectedItems;
      if (isChoice(chosen)) resolve({ value: chosen.value });
    }),
  );
}

export interface AskOptions extends Place {
  readonly prompt: string;
  readonly placeholder: string;
  readonly isPassword?: boolean;
  readonly problem: (value: string) => string | undefined;
}

/** One question with a free answer; what is wrong with it is said while it is typed. */
export async function ask(options: AskOptions): Promise<Outcome<string>> {
  const box = vscode.window.createInputBox();
  place(box, options);
  box.prompt = options.prompt;
  box.placeholder = options.placeholder;
  box.password = options.isPassword ?? false;
  const check = (): string | undefined => (box.validationMessage = options.problem(box.value.trim()));
  return await shown(box, (resolve) =>
    vscode.Disposable.from(
      box.onDidChangeValue(() => check()),
      box.onDidAccept(() => {
        if (check() === undefined) resolve({ value: box.value.trim() });
      }),
    ),
  );
}

function place(
  box: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  { title, step, totalSteps }: Place,
): void {
  box.title = title;
  box.step = step;
  box.totalSteps = totalSteps;
  box.ignoreFocusOut = true;
  box.buttons = step > 1 ? [vscode.QuickInputButtons.Back] : [];
}

type Box = vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox;

async function shown<T>(
  box: Box,
  listen: (resolve: (outcome: Outcome<T>) => void) => vscode.Disposable,
): Promise<Outcome<T>> {
  let listeners: vscode.Disposable | undefined;
  try {
    return await new Promise<Outcome<T>>((resolve) => {
      listeners = vscode.Disposable.from(
        listen(resolve),
        box.onDidTriggerButton(() => resolve('back')),
        box.onDidHide(() => resolve(undefined)),
      );
      box.show();
    });
  } finally {
    listeners?.dispose();
    box.dispose();
  }
}

/** Asks in order; "back" asks the one before again, with the answer it had. Undefined when the user closed a question. */
export async function runSteps<S>(
  start: S,
  steps: readonly ((state: S) => Promise<Outcome<S>>)[],
): Promise<S | undefined> {
  let state = start;
  for (let at = 0; ;) {
    const step = steps[at];
    if (step === undefined) {
      return state;
    }
    const outcome = await step(state);
    if (outcome === undefined) {
      return undefined;
    }
    if (outcome === 'back') {
      at = Math.max(0, at - 1);
    } else {
      state = outcome.value;
      at += 1;
    }
  }
}
