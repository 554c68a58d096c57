import type { Operator } from './operator';
import type { Log, SecretStore } from './ports';

/**
 * The seam between the window and `dist/engine.js` (ssh2, API client, schemas, core), which is loaded when first needed.
 * Types only: importing this costs the activation nothing.
 */
export interface EngineSettings {
  /** `deis.digitalOcean.apiUrl`; a trailing `/` or `/v2` is tolerated. */
  readonly apiUrl: string;
  /** `deis.bootstrap.discoveryUrl`. */
  readonly discoveryUrl: string;
  /** `deis.deisctl.installerUrl`. */
  readonly installerUrl: string;
  readonly practiceSpeed: number | 'max';
  readonly practiceCatalogue: '2016' | 'today';
}

export interface EngineOptions {
  /** A folder of ours that outlives the window: journals in `clusters/`, the practice cloud's state in `practice/`. */
  readonly storagePath: string;
  /** `dist/practice/main.mjs`, started with the runtime that runs us. */
  readonly practiceMain: string;
  /** Read again for each operation, so that a changed setting needs no reload. */
  settings(): EngineSettings;
  readonly secrets: SecretStore;
  readonly log: Log;
}

/** What `src/engine.ts` exports as `createEngine`. Resolves when the journals are read: `snapshots()` is filled then. */
export type CreateEngine = (options: EngineOptions) => Promise<Operator>;
