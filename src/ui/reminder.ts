import * as vscode from 'vscode';
import { addPrices, formatPrice } from '../core/model/cost';
import type { ClusterSnapshot } from '../core/model/snapshot';
import type { LazyOperator } from './lazyOperator';
import { count, isBilled } from './words';

const SHOWN_MS = 30_000;

/** When VS Code opens on living clusters: one quiet line that says what they cost. No box, nothing to click away. */
export async function remindOfCost(operator: LazyOperator): Promise<void> {
  await operator.wake();
  const ids = new Set(operator.snapshots().map(({ id }) => id));
  if (ids.size === 0) {
    return;
  }
  // What was last seen of them, and so their price, is read a moment later than their journals.
  const subscription = operator.onDidChange(() => look());
  const look = (): void => {
    const living = operator.snapshots().filter(({ id, cost }) => ids.has(id) && cost.hourly > 0);
    if (living.length > 0) {
      subscription.dispose();
      vscode.window.setStatusBarMessage(`$(credit-card) ${describe(living)}`, SHOWN_MS);
    }
  };
  look();
}

function describe(living: readonly ClusterSnapshot[]): string {
  const [first] = living;
  const who = living.length === 1 && first !== undefined ? `Cluster ${first.name}` : count(living.length, 'cluster');
  const money = formatPrice(addPrices(living.map(({ cost }) => cost)));
  return `${who}: ${money} ${living.some(isBilled) ? 'until destroyed' : 'in practice money'}`;
}
