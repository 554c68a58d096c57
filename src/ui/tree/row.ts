import * as vscode from 'vscode';
import type { Target, Targeted } from '../target';

export interface RowFacts {
  /** Stable: made of ids that outlive labels, so that VS Code keeps expansion and selection. */
  readonly id: string;
  readonly label: string;
  readonly description?: string | undefined;
  readonly icon?: vscode.ThemeIcon | undefined;
  /** For menus: `viewItem`. */
  readonly context?: string;
  readonly tooltip?: vscode.MarkdownString | string | undefined;
  /** What screen readers say after label and description, when these are not all. */
  readonly spoken?: string | undefined;
  readonly target?: Target | undefined;
  /** Of a thing that is broken on purpose. */
  readonly faultId?: string;
  readonly command?: vscode.Command | undefined;
  readonly isExpanded?: boolean;
  readonly children?: () => Row[];
}

/** One line of the tree: plain facts, made anew from the snapshot at each change. */
export class Row implements Targeted {
  readonly isRow = true;

  constructor(readonly facts: RowFacts) {}

  get target(): Target | undefined {
    return this.facts.target;
  }

  get faultId(): string | undefined {
    return this.facts.faultId;
  }

  children(): Row[] {
    return this.facts.children?.() ?? [];
  }

  toTreeItem(): vscode.TreeItem {
    const { facts } = this;
    const item = new vscode.TreeItem(facts.label, this.#collapsible());
    item.id = facts.id;
    item.description = facts.description ?? '';
    item.tooltip = facts.tooltip ?? '';
    if (facts.icon !== undefined) item.iconPath = facts.icon;
    if (facts.context !== undefined) item.contextValue = facts.context;
    if (facts.command !== undefined) item.command = facts.command;
    item.accessibilityInformation = { label: this.#spoken() };
    return item;
  }

  /** Begins with the words in sight, so that who speaks to the computer can name the row by what is read (WCAG 2.5.3). */
  #spoken(): string {
    const { label, description, spoken } = this.facts;
    const visible = [label, ...(description ?? '').split(' · ')].filter((part) => part !== '').join(', ');
    return spoken === undefined ? visible : `${visible}. ${spoken}`;
  }

  #collapsible(): vscode.TreeItemCollapsibleState {
    if (this.facts.children === undefined) {
      return vscode.TreeItemCollapsibleState.None;
    }
    return this.facts.isExpanded === true
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.Collapsed;
  }
}
