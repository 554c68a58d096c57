import * as vscode from 'vscode';
import { addPrices, formatPrice } from '../core/model/cost';
import type { ClusterSnapshot, ClusterState } from '../core/model/snapshot';
import type { LazyOperator } from './lazyOperator';
import { CLUSTER_STATES, count, isBilled, shortHourly } from './words';

/** Worst first: the state that is shown when there are several clusters. */
const WORST_FIRST: readonly ClusterState[] = [
  'noQuorum',
  'atRisk',
  'unreachable',
  'setupStopped',
  'degraded',
  'creating',
  'destroying',
  'unknown',
  'healthy',
];

/** When a window opens on living clusters, so long is their price told in full. */
const REMINDER_MS = 30_000;

/** Verdict and price in the status bar; nothing at all while there is no cluster. */
export class ClusterStatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('deis.clusters', vscode.StatusBarAlignment.Left, 10);
  readonly #subscription: vscode.Disposable;
  #reminding: NodeJS.Timeout | undefined;

  constructor(private readonly operator: LazyOperator) {
    this.#item.name = 'Deis: Cheap Cluster';
    this.#item.command = 'deis.clusters.focus';
    this.#subscription = operator.onDidChange(() => this.#show());
  }

  /**
   * The window has opened: one quiet line says what the clusters that are there already cost. No box, nothing to click away;
   * and in place of the short price, not beside it.
   */
  async remind(): Promise<void> {
    this.#reminding = setTimeout(() => {
      this.#reminding = undefined;
      this.#show();
    }, REMINDER_MS);
    await this.operator.wake();
    if (this.operator.snapshots().length === 0) this.#endReminder(); // A cluster that is made now needs no reminder.
    this.#show();
  }

  dispose(): void {
    this.#endReminder();
    this.#subscription.dispose();
    this.#item.dispose();
  }

  #show(): void {
    const clusters = this.operator.snapshots();
    const state = WORST_FIRST.find((each) => clusters.some((cluster) => cluster.state === each));
    if (state === undefined) {
      this.#item.hide();
      return;
    }
    const [only] = clusters.length === 1 ? clusters : [];
    const who = only?.name ?? count(clusters.length, 'cluster');
    const isBusy = state === 'creating' || state === 'destroying';
    // Nothing is polled while the view is out of sight: then there may be no verdict, and just the price is told.
    const verdict = state === 'unknown' ? '' : `: ${CLUSTER_STATES[state]}`;
    this.#item.text = `$(${isBusy ? 'loading~spin' : 'server-environment'}) ${who}${verdict}${this.#price(clusters)}`;
    this.#item.tooltip = clusters.map(describe).join('\n\n');
    this.#item.accessibilityInformation = { label: `Deis, ${who}, ${CLUSTER_STATES[state]}` };
    this.#item.backgroundColor = background(state);
    this.#item.show();
  }

  #price(clusters: readonly ClusterSnapshot[]): string {
    const price = addPrices(clusters.map(({ cost }) => cost));
    if (price.hourly === 0) {
      return '';
    }
    if (this.#reminding === undefined) {
      return ` · ${shortHourly(price.hourly)}`;
    }
    return ` · ${formatPrice(price)} ${clusters.some(isBilled) ? 'until destroyed' : 'in practice money'}`;
  }

  #endReminder(): void {
    clearTimeout(this.#reminding);
    this.#reminding = undefined;
  }
}

function describe(cluster: ClusterSnapshot): string {
  const money = isBilled(cluster) ? '' : ' (practice money)';
  return `${cluster.name}: ${cluster.summary}\n${formatPrice(cluster.cost)}${money}`;
}

function background(state: ClusterState): vscode.ThemeColor | undefined {
  if (state === 'noQuorum') {
    return new vscode.ThemeColor('statusBarItem.errorBackground');
  }
  return state === 'atRisk' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
}
