import type { UnitStatus } from '../../kernel';
import type { ExecCommand } from './commandLine';
import type { ExitStatus, ServiceResult } from './exitStatus';
import { describeExit, exitNumber } from './exitStatus';
import type { Process } from './process';
import type { UnitConfig } from './unitConfig';
import type { UnitFragment } from './unitStore';

export type LoadState = 'loaded' | 'not-found' | 'masked' | 'bad-setting';
export type ActiveState = 'active' | 'activating' | 'deactivating' | 'inactive' | 'failed';

/** What survives a restart of the process; plain JSON. */
export interface StoredUnit {
  active: ActiveState;
  sub: string;
  result: ServiceResult;
  restarts: number;
  mainExitStatus: number;
  mainPid: number;
  since: number;
}

/** One Exec line that ran: a `Process:` row of `systemctl status`. */
export interface ExecRecord {
  readonly key: string;
  readonly text: string;
  readonly pid: number;
  readonly outcome: string;
}

/** What a unit's files say. */
export interface UnitFacts {
  readonly name: string;
  readonly load: LoadState;
  readonly config: UnitConfig;
  readonly fragment: UnitFragment | undefined;
}

/** One unit in memory: its settings as loaded and its state. */
export class Unit {
  readonly name: string;
  load: LoadState;
  config: UnitConfig;
  fragment: UnitFragment | undefined;
  active: ActiveState = 'inactive';
  sub = 'dead';
  result: ServiceResult = 'success';
  restarts = 0;
  mainExitStatus = 0;
  mainExit: ExitStatus | undefined;
  since: number;
  /** Since it last entered `active`, for `ActiveEnterTimestamp`. */
  activeSince: number | undefined;
  main: Process | undefined;
  control: Process | undefined;
  /** Of this activation; its processes carry it in their environment (systemd.exec(5), INVOCATION_ID). */
  invocationId = '';
  /** Kept when the process is gone: `Main PID: 692 (code=exited, …)`. */
  lastMainPid = 0;
  executed: ExecRecord[] = [];
  /** Files were changed since they were read: `daemon-reload` would show. */
  conditionFailed = false;
  /** Set for units of systemd-run: collected when they end. */
  isTransient = false;
  collectsFailed = false;
  readonly #now: () => number;
  readonly #changed: (unit: Unit) => void;

  constructor(facts: UnitFacts, hooks: { now: () => number; changed: (unit: Unit) => void }) {
    this.name = facts.name;
    this.load = facts.load;
    this.config = facts.config;
    this.fragment = facts.fragment;
    this.#now = hooks.now;
    this.#changed = hooks.changed;
    this.since = hooks.now();
  }

  set(active: ActiveState, sub: string): void {
    if (this.active === active && this.sub === sub) {
      return;
    }
    if (this.active !== active) {
      this.since = this.#now();
      if (active === 'active') {
        this.activeSince = this.since;
      }
    }
    this.active = active;
    this.sub = sub;
    this.#changed(this);
  }

  get isRunning(): boolean {
    return this.active === 'active' || this.active === 'activating' || this.active === 'deactivating';
  }

  /** `swapfail.service - A unit that fails`, as systemd names a unit in its messages. */
  get title(): string {
    return this.config.description === this.name ? this.name : `${this.name} - ${this.config.description}`;
  }

  noteExec(key: string, command: ExecCommand, process: Process, status: ExitStatus): void {
    this.executed.push({ key, text: command.text, pid: process.pid, outcome: describeExit(status) });
  }

  noteMainExit(process: Process, status: ExitStatus): void {
    this.mainExit = status;
    this.mainExitStatus = exitNumber(status);
    this.lastMainPid = process.pid;
    this.main = undefined;
  }

  get status(): UnitStatus {
    return {
      name: this.name,
      load: this.load,
      active: this.active,
      sub: this.sub,
      result: this.result,
      mainExitStatus: this.mainExitStatus,
      restarts: this.restarts,
      since: this.since,
    };
  }

  get stored(): StoredUnit {
    const { active, sub, result, restarts, mainExitStatus, since } = this;
    return { active, sub, result, restarts, mainExitStatus, since, mainPid: this.main?.pid ?? this.lastMainPid };
  }

  /** The state from before a restart of the practice process. */
  recall({ mainPid, ...state }: StoredUnit): void {
    Object.assign(this, state);
    this.lastMainPid = mainPid;
    this.activeSince = state.since;
    this.isTransient = this.fragment?.path.startsWith('/run/systemd/transient') ?? false;
  }
}
