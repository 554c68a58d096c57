import * as vscode from 'vscode';
import { ClusterError, isCancelled } from '../../core/errors';
import type { Operator } from '../../core/operator';
import type { Disposable, Log, NodeConnection, ShellChannel } from '../../core/ports';

export interface NodeTerminalOptions {
  readonly operator: Pick<Operator, 'connect'>;
  readonly clusterId: string;
  readonly nodeName: string;
  readonly log: Log;
  /** After this long without an answer to what was typed, the node is asked whether it is there. */
  readonly silenceMs?: number;
}

const SILENCE_MS = 4_000;
/** Provider time; the adapter makes it at least two real seconds. */
const PROBE_TIMEOUT_MS = 5_000;

const dim = (text: string): string => `\x1b[2m${text}\x1b[22m`;
const line = (text: string): string => `\r\n${dim(text)}\r\n`;

type Phase = 'connecting' | 'open' | 'ended';

/** A shell on a node. A frozen node is named as such, and a lost connection is made again by Enter. */
export class NodeTerminal implements vscode.Pseudoterminal {
  readonly #output = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<number>();
  readonly onDidWrite = this.#output.event;
  readonly onDidClose = this.#closed.event;

  #size = { columns: 80, rows: 24 };
  #phase: Phase = 'ended';
  #attempt = new AbortController();
  #connection: NodeConnection | undefined;
  #shell: ShellChannel | undefined;
  #closing: Disposable | undefined;
  #silence: NodeJS.Timeout | undefined;
  #isFrozen = false;

  constructor(private readonly options: NodeTerminalOptions) {}

  open(size: vscode.TerminalDimensions | undefined): void {
    if (size !== undefined) this.#size = { columns: size.columns, rows: size.rows };
    void this.#connect();
  }

  close(): void {
    this.#attempt.abort();
    this.#letGo();
    this.#output.dispose();
    this.#closed.dispose();
  }

  setDimensions({ columns, rows }: vscode.TerminalDimensions): void {
    this.#size = { columns, rows };
    this.#shell?.resize(columns, rows);
  }

  handleInput(text: string): void {
    if (this.#phase === 'open') {
      this.#shell?.write(text);
      this.#expectAnswer();
    } else if (this.#phase === 'ended' && text.includes('\r')) {
      void this.#connect();
    } else if (this.#phase === 'ended' && (text === '\x03' || text === '\x04')) {
      this.#closed.fire(0); // Ctrl-C or Ctrl-D: no, thank you.
    }
  }

  async #connect(): Promise<void> {
    const { operator, clusterId, nodeName, log } = this.options;
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#phase = 'connecting';
    this.#output.fire(`${dim(`Connecting to ${nodeName} …`)}\r\n`);
    try {
      const connection = await operator.connect(clusterId, nodeName, attempt.signal);
      this.#connection = connection;
      const shell = await connection.openShell(this.#size);
      if (attempt.signal.aborted) {
        shell.dispose(); // The terminal was closed in the meantime.
        connection.dispose();
        return;
      }
      this.#adopt(connection, shell);
    } catch (error) {
      if (isCancelled(error) || attempt.signal.aborted) {
        this.#letGo();
        return;
      }
      log.warn(`No terminal on ${nodeName}: ${String(error)}`);
      this.#end(ClusterError.is(error) ? error.message : `${nodeName} can't be reached.`);
    }
  }

  #adopt(connection: NodeConnection, shell: ShellChannel): void {
    this.#shell = shell;
    this.#phase = 'open';
    this.#isFrozen = false;
    shell.resize(this.#size.columns, this.#size.rows); // It may have changed while we connected.
    shell.onData((text) => this.#answered(text));
    shell.onExit((exitCode, reason) => this.#exited(shell, exitCode, reason));
    this.#closing = connection.onClose(() => this.#exited(shell, undefined));
  }

  #answered(text: string): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
    if (this.#isFrozen) {
      this.#isFrozen = false;
      this.#output.fire(line(`${this.options.nodeName} answers again.`));
    }
    this.#output.fire(text);
  }

  #exited(shell: ShellChannel, exitCode: number | undefined, reason?: string): void {
    if (this.#shell !== shell) {
      return; // An earlier one, or the second of two messages about one end.
    }
    const { nodeName } = this.options;
    this.#end(
      exitCode === undefined
        ? `The connection to ${nodeName} was lost${reason === undefined ? '' : `: ${reason}`}.`
        : `The shell on ${nodeName} has ended with exit code ${exitCode}.`,
    );
  }

  #end(message: string): void {
    this.#letGo();
    this.#phase = 'ended';
    this.#output.fire(line(`${message} Enter connects again, Ctrl+D closes the terminal.`));
  }

  /** Nothing came back to what was typed: an SSH session on a node without power just freezes, it does not end. */
  #expectAnswer(): void {
    this.#silence ??= setTimeout(() => void this.#probe(), this.options.silenceMs ?? SILENCE_MS);
  }

  async #probe(): Promise<void> {
    this.#silence = undefined;
    const { nodeName } = this.options;
    const connection = this.#connection;
    if (connection === undefined || this.#isFrozen) {
      return;
    }
    try {
      // A command that prints nothing may well be busy: what counts is whether the node answers at all.
      await connection.exec(['true'], { timeoutMs: PROBE_TIMEOUT_MS, signal: this.#attempt.signal });
    } catch (error) {
      if (isCancelled(error) || this.#connection !== connection || this.#phase !== 'open') {
        return;
      }
      this.#isFrozen = true;
      this.#output.fire(
        line(`${nodeName} does not answer. What you type is kept until it does, or the connection ends.`),
      );
    }
  }

  #letGo(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
    this.#closing?.dispose();
    const [connection, shell] = [this.#connection, this.#shell];
    this.#closing = undefined;
    this.#connection = undefined;
    this.#shell = undefined;
    shell?.dispose();
    connection?.dispose(); // Gives it back: it is shared with whoever else talks to the node.
  }
}
