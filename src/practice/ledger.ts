import type { Delay, Ledger, Timeline } from './kernel';

/** At least this many of the latest delays are kept; a cloud that runs for days must not grow without end. */
const KEPT = 50_000;

/** Writes down every wait that the model put in on purpose; one that was cut short is written as long as it really was. */
export function createLedger(timeline: Timeline): Ledger {
  const delays: { kind: string; subject: string; from: number; to: number }[] = [];
  return {
    get delays(): readonly Delay[] {
      return delays;
    },
    async delay(kind, subject, ms, signal) {
      const from = timeline.now();
      const entry = { kind, subject, from, to: from + Math.ceil(ms) };
      delays.push(entry);
      if (delays.length > 2 * KEPT) delays.splice(0, KEPT);
      try {
        await timeline.sleep(ms, signal);
      } catch (error) {
        entry.to = timeline.now();
        throw error;
      }
    },
  };
}
