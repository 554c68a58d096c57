import type { Output } from '../output';
import { sendBytes } from '../output';

/** A program's way to the terminal; what it writes while it is stopped comes when it goes on. */
export class HeldOutput implements Output {
  readonly #target: Output;
  readonly #waiting: (() => void)[] = [];
  readonly #released: (() => void)[] = [];
  #isHeld = false;

  constructor(target: Output) {
    this.#target = target;
  }

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#waiting.splice(0).forEach((write) => write());
    this.#released.splice(0).forEach((resolve) => resolve());
  }

  /** What ended while it was stopped has ended when it goes on. */
  async released(): Promise<void> {
    if (this.#isHeld) {
      await new Promise<void>((resolve) => this.#released.push(resolve));
    }
  }

  stdout(text: string): void {
    this.#pass(() => this.#target.stdout(text));
  }

  stderr(text: string): void {
    this.#pass(() => this.#target.stderr(text));
  }

  stdoutBytes(bytes: Uint8Array): void {
    this.#pass(() => sendBytes(this.#target, bytes));
  }

  async drained(): Promise<void> {
    await this.#target.drained?.();
  }

  #pass(write: () => void): void {
    if (this.#isHeld) {
      this.#waiting.push(write);
    } else {
      write();
    }
  }
}
