import { ClockFile } from './clockFile';
import type { PracticeOptions } from './commandLine';
import type { Ledger, Profile, Random } from './kernel';
import { createLedger } from './ledger';
import { profiles } from './profile';
import { createRandom } from './random';
import { JsonStateFile } from './stateFile';
import { VirtualTimeline } from './timeline';

/** What everything in a practice cloud stands on: state, time, chance, and what is written down of them. */
export interface Foundation {
  readonly state: JsonStateFile;
  readonly timeline: VirtualTimeline;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly profile: Profile;
  readonly ports: OwnPorts;
  /** Somebody outside is using the cloud. */
  readonly touch: () => void;
  /** Stops time. */
  dispose(): Promise<void>;
}

interface PortsState {
  ports: number[];
}

/** Ports that this state's practice cloud has had: user data of living droplets names them as the discovery service's. */
export class OwnPorts {
  readonly #section: PortsState;

  constructor(private readonly state: JsonStateFile) {
    this.#section = state.section<PortsState>('ports', () => ({ ports: [] }));
  }

  /** 0 when there has been none. */
  get last(): number {
    return this.#section.ports.at(-1) ?? 0;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.last}`;
  }

  has(port: number): boolean {
    return this.#section.ports.includes(port);
  }

  use(port: number): void {
    this.#section.ports = [...this.#section.ports.filter((other) => other !== port), port];
    this.state.changed('ports');
  }
}

export function layFoundation(options: PracticeOptions & { readonly stateFolder: string }): Foundation {
  const state = new JsonStateFile(options.stateFolder);
  const clock = state.section('clock', () => ({ now: Date.now() }));
  const clockFile = new ClockFile(options.stateFolder);
  const timeline = new VirtualTimeline(options.speed, Math.max(clock.now, clockFile.read()));
  clockFile.keep(timeline);
  state.beforeSave('clock', () => (clock.now = timeline.now()));
  return {
    ...{ state, timeline, random: createRandom(state, options.seed), ledger: createLedger(timeline) },
    ...{ profile: profiles[options.profile], ports: new OwnPorts(state) },
    touch() {
      clockFile.see();
      timeline.touch();
    },
    async dispose() {
      await clockFile.dispose();
      timeline.dispose();
    },
  };
}
