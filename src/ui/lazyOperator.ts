import * as vscode from 'vscode';
import type { ActiveFault } from '../core/model/fault';
import type { ClusterSnapshot } from '../core/model/snapshot';
import type { Operator } from '../core/operator';

/**
 * The operator, made when first needed: ssh2, the API client and the schemas cost more than the whole activation may.
 * Until then there are no clusters to show; `wake` makes it early when a journal says that there are some.
 */
export class LazyOperator implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  #loading: Promise<Operator> | undefined;
  #operator: Operator | undefined;
  #isDisposed = false;

  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly load: () => Promise<Operator>,
    private readonly hasJournals: () => Promise<boolean>,
  ) {}

  /** Loads it on first use. After a failed load the next call tries again. */
  get(): Promise<Operator> {
    this.#loading ??= this.#start().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** Loads it only when there is something to show. */
  async wake(): Promise<void> {
    if (this.#operator === undefined && (await this.hasJournals())) {
      await this.get();
    }
  }

  /** Polls from now on, or, while there is nothing to poll, from when there is; until the handle is disposed. */
  watch(): vscode.Disposable {
    let handle: { dispose(): void } | undefined;
    let isOver = false;
    const begin = (): void => {
      if (!isOver && handle === undefined) handle = this.#operator?.watch();
    };
    begin();
    const subscription = this.onDidChange(begin);
    return new vscode.Disposable(() => {
      isOver = true;
      subscription.dispose();
      handle?.dispose();
    });
  }

  /** Looks again, at clusters of other windows too; does nothing while there is nothing to look at. */
  async catchUp(): Promise<void> {
    if (this.#operator === undefined) {
      await this.wake();
    } else {
      await this.#operator.refresh();
    }
  }

  snapshots(): readonly ClusterSnapshot[] {
    return this.#operator?.snapshots() ?? [];
  }

  faults(): readonly ActiveFault[] {
    return this.#operator?.faults() ?? [];
  }

  find(clusterId: string): ClusterSnapshot | undefined {
    return this.snapshots().find((cluster) => cluster.id === clusterId);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#operator?.dispose();
    this.#changed.dispose();
  }

  async #start(): Promise<Operator> {
    const operator = await this.load();
    if (this.#isDisposed) {
      operator.dispose(); // Came up after the window had begun to close.
      return operator;
    }
    this.#operator = operator;
    operator.onDidChange(() => this.#changed.fire());
    this.#changed.fire();
    return operator;
  }
}
