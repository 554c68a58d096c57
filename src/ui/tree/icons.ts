import * as vscode from 'vscode';
import type { ClusterState, NodeState, StepSnapshot } from '../../core/model/snapshot';
import type { UnitHealth } from './unitHealth';

/** Colours of the theme, by meaning: they are right in light, dark and high contrast. */
const GOOD = new vscode.ThemeColor('testing.iconPassed');
const CAUTION = new vscode.ThemeColor('list.warningForeground');
const BAD = new vscode.ThemeColor('list.errorForeground');
const QUIET = new vscode.ThemeColor('disabledForeground');

const icon = (id: string, color?: vscode.ThemeColor): vscode.ThemeIcon => new vscode.ThemeIcon(id, color);

export const CLUSTER_ICONS: Record<ClusterState, vscode.ThemeIcon> = {
  creating: icon('loading~spin'),
  setupStopped: icon('debug-pause', CAUTION),
  healthy: icon('pass-filled', GOOD),
  degraded: icon('warning', CAUTION),
  atRisk: icon('warning', CAUTION),
  noQuorum: icon('error', BAD),
  unreachable: icon('debug-disconnect', CAUTION),
  destroying: icon('loading~spin'),
  unknown: icon('circle-large-outline', QUIET),
};

export const NODE_ICONS: Record<NodeState, vscode.ThemeIcon> = {
  missing: icon('circle-outline', QUIET),
  new: icon('loading~spin'),
  booting: icon('loading~spin'),
  ready: icon('vm-running', GOOD),
  unreachable: icon('warning', CAUTION),
  off: icon('vm-outline', QUIET),
  gone: icon('error', BAD),
};

export const UNIT_ICONS: Record<UnitHealth, vscode.ThemeIcon> = {
  running: icon('pass', GOOD),
  starting: icon('sync', CAUTION),
  failed: icon('error', BAD),
  stopped: icon('circle-slash', QUIET),
  missing: icon('question', CAUTION),
  stale: icon('history', QUIET),
};

export const STEP_ICONS: Record<StepSnapshot['state'], vscode.ThemeIcon> = {
  pending: icon('circle-outline', QUIET),
  running: icon('loading~spin'),
  done: icon('pass', GOOD),
  failed: icon('error', BAD),
};

export const PROBLEM_ICON = icon('warning', CAUTION);
export const FAILURE_ICON = icon('error', BAD);
export const FAULTS_ICON = icon('tools', CAUTION);
export const FAULT_ICON = icon('zap', CAUTION);
export const COST_ICON = icon('credit-card');
export const FACT_ICON = icon('dash', QUIET);

/** A group keeps its icon and takes the colour of the worst below it. */
export function groupIcon(id: string, worst: UnitHealth | undefined): vscode.ThemeIcon {
  switch (worst) {
    case 'failed':
      return icon(id, BAD);
    case 'missing':
    case 'starting':
      return icon(id, CAUTION);
    case 'stale':
    case 'stopped':
      return icon(id, QUIET);
    case 'running':
    case undefined:
      return icon(id);
  }
}
