import { kinds, streams } from '../compare';

/** Which units they were, how long their files are, and which numbers their jobs have. */
const UNITS = [
  [/deis-[\w@-]+\.service/g, '‹unit›'],
  [/\bjob=\d+/g, 'job=‹number›'],
  [/\(\d+b\)/g, '(‹bytes›)'],
] as const;
/** Which of the five leads the engine, and so schedules, is chance. */
const ENGINE = [/^.*(?:Engine leadership changed from|EngineReconciler completed task: ).*$/gm, ''] as const;

/** What fleet 1.0 wrote into its journal during an outage. */
export const asJournal = streams({ stdout: kinds, chance: UNITS });
/** And fleet 0.11. */
export const asJournal011 = streams({ stdout: kinds, chance: [...UNITS, ENGINE] });
