import * as vscode from 'vscode';
import type { ClusterSnapshot } from '../../core/model/snapshot';
import type { Disposable, Log } from '../../core/ports';
import type { LazyOperator } from '../lazyOperator';
import { isBilled } from '../words';
import { clusterRow } from './clusterRow';
import { faultsRow } from './faultRows';
import { FAILURE_ICON } from './icons';
import { Row } from './row';
import { failuresOf } from './failures';

/** Many changes in one moment make one repaint. */
const REPAINT_MS = 80;
/** Ages in rows ("seen 3 min ago") grow without an event. */
const AGE_MS = 20_000;

/** The view "Clusters". Polls only while it is in sight. */
export class ClusterTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #repaint = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<Row>;
  readonly #owned: Disposable[] = [];
  readonly #notes = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #aging: NodeJS.Timeout | undefined;
  #watching: Disposable | undefined;

  readonly onDidChangeTreeData = this.#repaint.event;

  constructor(
    private readonly operator: LazyOperator,
    private readonly log: Log,
  ) {
    this.#view = vscode.window.createTreeView('deis.clusters', { treeDataProvider: this });
    this.#owned.push(
      this.#view,
      this.#repaint,
      operator.onDidChange(() => this.#changed()),
      this.#view.onDidChangeVisibility(({ visible }) => this.#look(visible)),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused && this.#view.visible) void this.#catchUp();
      }),
    );
    this.#look(this.#view.visible);
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return row.toTreeItem();
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row !== undefined) {
      return row.children();
    }
    try {
      // Until the journals are read the view says that it is loading, not that there is no cluster.
      await this.operator.wake();
    } catch (error) {
      this.log.error('The clusters could not be read', error);
      return [failureRow(error instanceof Error ? error.message : String(error))];
    }
    const clusters = this.operator.snapshots();
    const faults = faultsRow(this.operator.faults(), clusters);
    const rows = clusters.map((cluster) => clusterRow(cluster, this.#notes.get(cluster.id)));
    return faults === undefined ? rows : [faults, ...rows];
  }

  /** Only roots are ever revealed. */
  getParent(): undefined {
    return undefined;
  }

  async reveal(cluster: ClusterSnapshot): Promise<void> {
    await vscode.commands.executeCommand('deis.clusters.focus');
    await this.#view.reveal(clusterRow(cluster), { expand: true, select: true, focus: false });
  }

  /** How far the running step of a cluster's plan is. */
  note(clusterId: string, message: string): void {
    this.#notes.set(clusterId, message);
    this.#changed();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#look(false);
    for (const each of this.#owned) each.dispose();
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#paint();
    }, REPAINT_MS);
  }

  #paint(): void {
    const clusters = this.operator.snapshots();
    const failures = clusters.flatMap(failuresOf);
    this.#view.badge =
      failures.length === 0 ? undefined : { value: failures.length, tooltip: failures.slice(0, 10).join('\n') };
    void vscode.commands.executeCommand('setContext', 'deis.hasClusters', clusters.length > 0);
    // A fault of the API outlives the last cluster, and must stay within reach then.
    const hasPractice = this.operator.faults().length > 0 || clusters.some((cluster) => !isBilled(cluster));
    void vscode.commands.executeCommand('setContext', 'deis.hasPractice', hasPractice);
    this.#repaint.fire(undefined);
  }

  /** Polls while the view is in sight. What another window has made meanwhile is found when it comes into sight again. */
  #look(isVisible: boolean): void {
    clearInterval(this.#aging);
    this.#watching?.dispose();
    this.#watching = undefined;
    if (isVisible) {
      this.#watching = this.operator.watch();
      this.#aging = setInterval(() => this.#paint(), AGE_MS);
      void this.#catchUp();
    }
  }

  async #catchUp(): Promise<void> {
    try {
      await this.operator.catchUp();
    } catch (error) {
      this.log.warn(`The clusters could not be looked at: ${String(error)}`);
    }
  }
}

function failureRow(message: string): Row {
  return new Row({
    id: 'failure',
    label: message,
    icon: FAILURE_ICON,
    tooltip: `${message}\nClick to try again.`,
    context: 'failure',
    command: { command: 'deis.refresh', title: 'Refresh' },
  });
}
