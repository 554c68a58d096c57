import { setMaxListeners } from 'node:events';
import type { Disposable } from '../../core/ports';

/** A signal's reason as an Error, whatever the caller aborted with. */
export function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException('The operation was cancelled.', 'AbortError');
}

/** One signal stops a whole plan, and a plan does many things at once: no reason to warn of a leak. */
export function allowManyListeners(signal: AbortSignal | undefined): void {
  if (signal !== undefined) {
    setMaxListeners(0, signal);
  }
}

/** Settles with `promise`, or rejects with the signal's reason as soon as it is aborted; the promise is then nobody's. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return promise;
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortReason(signal));
    if (signal.aborted) {
      onAbort();
    }
    allowManyListeners(signal);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Aborted as soon as one of `signals` is. Not AbortSignal.any: that keeps something on each of its signals for as long as
 * they live, and one of ours lives as long as a connection. Dispose it when the work is done.
 */
export function linkSignals(...signals: AbortSignal[]): LinkedSignal {
  const controller = new AbortController();
  const listeners = signals.map((signal) => {
    const onAbort = (): void => controller.abort(signal.reason);
    if (signal.aborted) {
      onAbort();
    }
    allowManyListeners(signal);
    signal.addEventListener('abort', onAbort, { once: true });
    return () => signal.removeEventListener('abort', onAbort);
  });
  return { signal: controller.signal, dispose: () => listeners.forEach((remove) => remove()) };
}
