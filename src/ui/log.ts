import type * as vscode from 'vscode';
import type { Log } from '../core/ports';
import { redactingLog, type Redactor } from '../core/redact';

/** The log channel as core and adapters see it: no line reaches it without the redactor. */
export function createLog(channel: vscode.LogOutputChannel, redactor: Redactor): Log {
  const plain: Log = {
    debug: (message) => channel.debug(message),
    info: (message) => channel.info(message),
    warn: (message) => channel.warn(message),
    error: (message) => channel.error(message),
  };
  return redactingLog(plain, redactor);
}
