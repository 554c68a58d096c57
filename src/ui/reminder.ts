import * as vscode from 'vscode';
import { addPrices, formatPrice } from '../core/model/cost';
import type { LazyOperator } from './lazyOperator';
import { count, isBilled } from './words';

const SHOWN_MS = 30_000;

/** When VS Code opens on living clusters: one quiet line that says what they cost. No box, nothing to click away. */
export async function remindOfCost(operator: LazyOperator): Promise<void> {
  await operator.wake();
  const living = operator.snapshots().filter((cluster) => cluster.cost.hourly > 0);
  if (living.length === 0) {
    return;
  }
  const total = addPrices(living.map((cluster) => cluster.cost));
  const [first] = living;
  const who = living.length === 1 && first !== undefined ? `Cluster ${first.name}` : count(living.length, 'cluster');
  const note = living.some(isBilled) ? 'until destroyed' : 'in practice money';
  vscode.window.setStatusBarMessage(`$(credit-card) ${who}: ${formatPrice(total)} ${note}`, SHOWN_MS);
}
