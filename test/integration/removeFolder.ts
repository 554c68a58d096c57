import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_MS = 30_000;

/**
 * Removes a folder in which a practice process that has lost its last window may still write its state. Node's own retries do not
 * look again at what has come since.
 */
export async function removeFolder(folder: string): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  for (;;) {
    try {
      await rm(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(100);
    }
  }
}
