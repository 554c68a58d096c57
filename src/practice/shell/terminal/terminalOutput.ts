import type { Output } from '../output';

/** A terminal shows both streams in one place and wants CR LF where programs write LF (termios ONLCR). */
export class TerminalOutput implements Output {
  readonly #raw: Output;

  constructor(raw: Output) {
    this.#raw = raw;
  }

  stdout(text: string): void {
    this.#raw.stdout(text.replaceAll(/\r?\n/g, '\r\n'));
  }

  stderr(text: string): void {
    this.stdout(text);
  }

  stdoutBytes(bytes: Uint8Array): void {
    this.stdout(Buffer.from(bytes).toString('utf8'));
  }

  async drained(): Promise<void> {
    await this.#raw.drained?.();
  }
}
