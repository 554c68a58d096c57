import type { Host } from '../../kernel';
import type { Terminal } from '../../programs/program';
import type { ExecutionOptions, OpenShell } from '../executionTypes';
import type { Output } from '../output';
import { Interactive } from './interactive';
import type { Key } from './keys';

interface Parts {
  readonly host: Host;
  readonly terminal: Terminal;
  readonly raw: Output;
  readonly output: Output;
  /** Takes what was typed and the shell did not read before it ended. */
  giveBack(keys: readonly Key[]): void;
}

/** Shells that a program on the terminal starts (`sudo -i`, `bash`): while one is there, the keyboard is its. */
export class ShellsInside {
  readonly #parts: Parts;
  #shell: Interactive | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Gives the bytes to the shell inside; false when there is none. */
  receive(chunk: Buffer): boolean {
    this.#shell?.receive(chunk);
    return this.#shell !== undefined;
  }

  hangUp(): void {
    this.#shell?.hangUp();
  }

  readonly open: OpenShell = async (session: ExecutionOptions) => {
    const shell = new Interactive({ ...this.#parts, host: session.parts.host, session, isInside: true });
    const outer = this.#shell;
    this.#shell = shell;
    const hangUp = (): void => shell.hangUp();
    session.signal.addEventListener('abort', hangUp, { once: true });
    try {
      return await shell.run();
    } finally {
      session.signal.removeEventListener('abort', hangUp);
      this.#shell = outer;
      this.#parts.giveBack(shell.takeTypedAhead());
    }
  };
}
