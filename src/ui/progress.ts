import * as vscode from 'vscode';
import type { OperationContext } from '../core/operator';

/** Runs `task` under a notification whose Cancel aborts the signal that core and adapters listen to. */
export function withProgress<T>(title: string, task: (context: OperationContext) => Promise<T>): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
  return vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    const subscription = token.onCancellationRequested(() => controller.abort());
    let shown = 0;
    const report = (message: string, fraction?: number): void => {
      const increment = fraction === undefined ? 0 : Math.max(0, fraction - shown) * 100;
      shown = Math.max(shown, fraction ?? 0);
      progress.report({ message, ...(increment > 0 ? { increment } : {}) });
    };
    try {
      return await task({ signal: controller.signal, report });
    } finally {
      subscription.dispose();
    }
  });
}
