import { setFlagsFromString } from 'node:v8';

/** Resident memory, in MiB, above which the heap is kept small, and below which it may grow again. */
const MUCH = 200;
const LITTLE = 150;
const LOOK_MS = 1_000;

/**
 * V8 lets a heap grow to several times what lives in it before it collects: of hundreds of nodes, whose heartbeats leave something
 * behind all the time, most of the memory would be garbage. From some size on it is told to collect sooner; below that to let
 * it be, for collecting costs time. Real time, since this is about our machine.
 */
export function saveMemory(): void {
  // Electron may have its flags frozen, and V8 ends a process that changes them then.
  if (process.versions['electron'] !== undefined) return;
  let isSaving = false;
  setInterval(() => {
    const mib = process.memoryUsage.rss() / 1_048_576;
    if (isSaving ? mib >= LITTLE : mib <= MUCH) return;
    isSaving = !isSaving;
    setFlagsFromString(isSaving ? '--optimize-for-size' : '--no-optimize-for-size');
  }, LOOK_MS).unref();
}
