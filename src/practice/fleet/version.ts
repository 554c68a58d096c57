/** What a fleet version calls itself, and where in its source it says what (the recorded traces, journals of both versions). */
export interface FleetVersion {
  readonly short: '1.0' | '0.11';
  /** `fleetctl version …`, the Server header is `fleetd/<this>`. */
  readonly name: string;
  /**
   * From its start to its first word with etcd; another on each node. Of 1.0's three that came back together one was first, and by
   * then the lease and the machines of before had run out: it was given nearly everything (the recorded power-off/recovered-list-units).
   * 0.11's three were there at one moment, and shared (fleet-0.11.7/recovered-list-units).
   */
  readonly startMs: { readonly least: number; readonly most: number };
  readonly lines: Readonly<Record<LogSource, string>>;
}

export type LogSource =
  | 'starting'
  | 'noConfig'
  | 'establishing'
  | 'registerFailed'
  | 'registered'
  | 'components'
  | 'monitor'
  | 'panic'
  | 'leaderIs'
  | 'leaderChanged'
  | 'writing'
  | 'enabling'
  | 'reload'
  | 'start'
  | 'stop'
  | 'removing'
  | 'stopped'
  | 'task'
  | 'engineTask'
  | 'parse'
  | 'fetchUnit'
  | 'createUnit'
  | 'fetchUnits'
  | 'fetchPage'
  | 'agentFetch'
  | 'agentDesired';

export const FLEET_VERSIONS: Readonly<Record<'1.0' | '0.11', FleetVersion>> = {
  '1.0': {
    short: '1.0',
    name: 'v1.0.0-15-g45224983',
    startMs: { least: 550, most: 1_050 },
    lines: {
      starting: 'INFO fleetd.go:75',
      noConfig: 'INFO fleetd.go:208',
      establishing: 'INFO server.go:206',
      registerFailed: 'WARN server.go:223',
      registered: 'INFO server.go:219',
      components: 'INFO server.go:229',
      monitor: 'ERROR server.go:268',
      panic: 'ERROR server.go:279',
      leaderIs: 'INFO engine.go:97',
      leaderChanged: 'INFO engine.go:99',
      writing: 'INFO manager.go:268',
      enabling: 'INFO manager.go:281',
      reload: 'INFO manager.go:194',
      start: 'INFO manager.go:140',
      stop: 'INFO manager.go:152',
      removing: 'INFO manager.go:290',
      stopped: 'INFO agent.go:111',
      task: 'INFO reconcile.go:345',
      engineTask: 'INFO reconciler.go:161',
      parse: 'ERROR job.go:126',
      fetchUnit: 'ERROR units.go:306',
      createUnit: 'ERROR units.go:285',
      fetchUnits: 'ERROR job.go:109',
      fetchPage: 'ERROR units.go:356',
      agentFetch: 'ERROR reconcile.go:120',
      agentDesired: 'ERROR reconcile.go:73',
    },
  },
  '0.11': {
    short: '0.11',
    name: '0.11.7',
    startMs: { least: 0, most: 0 },
    lines: {
      starting: 'INFO fleetd.go:64',
      noConfig: 'INFO fleetd.go:168',
      establishing: 'INFO server.go:157',
      registerFailed: 'DEBUG server.go:163',
      registered: 'DEBUG server.go:165',
      components: 'INFO server.go:168',
      monitor: 'ERROR server.go:189',
      panic: 'ERROR server.go:199',
      leaderIs: 'INFO engine.go:79',
      leaderChanged: 'INFO engine.go:81',
      writing: 'INFO manager.go:246',
      enabling: 'DEBUG manager.go:252',
      reload: 'INFO manager.go:182',
      start: 'INFO manager.go:127',
      stop: 'INFO manager.go:138',
      removing: 'INFO manager.go:259',
      stopped: 'INFO agent.go:100',
      task: 'INFO reconcile.go:330',
      engineTask: 'INFO reconciler.go:161',
      parse: 'ERROR job.go:114',
      fetchUnit: 'ERROR units.go:205',
      createUnit: 'ERROR units.go:184',
      fetchUnits: 'ERROR job.go:97',
      fetchPage: 'ERROR units.go:246',
      agentFetch: 'ERROR reconcile.go:120',
      agentDesired: 'ERROR reconcile.go:73',
    },
  },
};

export const serverHeader = (version: FleetVersion): string => `fleetd/${version.name}`;

/** Another in each life of each node, the same in each run. */
export const startDelayMs = ({ startMs: { least, most } }: FleetVersion, bootId: string): number =>
  least + (parseInt(bootId.slice(0, 8), 16) % (most - least + 1));
