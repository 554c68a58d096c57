import type { IncomingMessage, ServerResponse } from 'node:http';

/** Each window that uses the practice cloud holds one reply open. When the last is gone, the process may end. */
export class Attachments {
  readonly #open = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;
  #onUnused: (() => void) | undefined;
  #graceMs = 0;

  get count(): number {
    return this.#open.size;
  }

  /** Calls back once nobody has been attached for `graceMs`; the first has `firstMs` to come. */
  endWhenUnused(times: { firstMs: number; graceMs: number }, onUnused: () => void): void {
    this.#graceMs = times.graceMs;
    this.#onUnused = onUnused;
    this.#startTimer(times.firstMs);
  }

  attach(request: IncomingMessage, response: ServerResponse): void {
    clearTimeout(this.#timer);
    this.#open.add(response);
    request.socket.setKeepAlive(true, 10_000);
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    response.write('attached\n');
    response.once('close', () => {
      this.#open.delete(response);
      if (this.#open.size === 0) this.#startTimer(this.#graceMs);
    });
  }

  dispose(): void {
    this.#onUnused = undefined;
    clearTimeout(this.#timer);
    for (const response of this.#open) response.end();
  }

  #startTimer(ms: number): void {
    if (this.#onUnused === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onUnused, ms);
  }
}
