import * as vscode from 'vscode';
import { NodeTerminal, type NodeTerminalOptions } from './nodeTerminal';

/** A terminal in the panel, over our own verified connection: no ssh program, no known_hosts. */
export function openNodeTerminal(options: NodeTerminalOptions): void {
  const terminal = vscode.window.createTerminal({
    name: options.nodeName,
    pty: new NodeTerminal(options),
    iconPath: new vscode.ThemeIcon('terminal-linux'),
    isTransient: true,
  });
  terminal.show();
}
