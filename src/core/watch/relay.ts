/** Asks candidates one after the other, as they turn up, until one answers: how a read fails over to another node. */
export interface Relay<C> {
  offer(candidate: C): void;
  /** Resolves when nobody is being asked any more: true when somebody answered. */
  settled(): Promise<boolean>;
}

export function createRelay<C>(ask: (candidate: C) => Promise<void>, onFailure: (error: unknown) => void): Relay<C> {
  const waiting: C[] = [];
  let isDone = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    for (let candidate = waiting.shift(); candidate !== undefined && !isDone; candidate = waiting.shift()) {
      try {
        await ask(candidate);
        isDone = true;
      } catch (error) {
        onFailure(error);
      }
    }
    running = undefined;
  }

  return {
    offer(candidate) {
      if (!isDone) {
        waiting.push(candidate);
        running ??= run();
      }
    },
    async settled() {
      await running;
      return isDone;
    },
  };
}
