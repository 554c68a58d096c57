/** One attempt to bring a service up. */
export class Attempt {
  environment: Readonly<Record<string, string>> = {};
  #isStopped = false;
  #isTimedOut = false;

  /** A stop, the end of the main process or the plug came in between: what is under way gives up quietly. */
  stop(): void {
    this.#isStopped = true;
  }

  timeOut(): void {
    this.#isTimedOut = true;
  }

  isStopped(): boolean {
    return this.#isStopped;
  }

  isTimedOut(): boolean {
    return this.#isTimedOut;
  }
}
