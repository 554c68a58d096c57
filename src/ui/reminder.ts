import * as vscode from 'vscode';
import type { LazyOperator } from './lazyOperator';
import { count, isBilled, price } from './words';

const SHOWN_MS = 30_000;

/** When VS Code opens on living clusters: one quiet line that says what they cost. No box, nothing to click away. */
export async function remindOfCost(operator: LazyOperator): Promise<void> {
  await operator.wake();
  const living = operator.snapshots().filter((cluster) => cluster.cost.hourly > 0);
  if (living.length === 0) {
    return;
  }
  const total = {
    hourly: living.reduce((sum, cluster) => sum + cluster.cost.hourly, 0),
    monthly: living.reduce((sum, cluster) => sum + cluster.cost.monthly, 0),
  };
  const [first] = living;
  const who = living.length === 1 && first !== undefined ? `Cluster ${first.name}` : count(living.length, 'cluster');
  const note = living.some(isBilled) ? 'until destroyed' : 'in practice money';
  vscode.window.setStatusBarMessage(`$(credit-card) ${who}: ${price(total)} ${note}`, SHOWN_MS);
}
