import type { ParsedFlags } from './flags';
import type { ProgramContext } from '../../programs/program';
import type { ApiMachine, FleetClient } from './client';
import type { Route } from './remote';

/** One run of fleetctl: what its verbs need of the world. */
export interface FleetctlCall {
  readonly context: ProgramContext;
  readonly client: FleetClient;
  readonly version: '1.0' | '0.11';
  readonly args: readonly string[];
  readonly flags: ParsedFlags;
  readonly route: Route;
  out(line: string): void;
  err(line: string): void;
  /** The machines, asked once a run. */
  machines(): Promise<readonly ApiMachine[]>;
}

export type Verb = (call: FleetctlCall) => Promise<number>;

export const shortId = (id: string, isFull: boolean): string => (isFull ? id : `${id.slice(0, 8)}...`);

/** `41382dcd.../10.77.0.11`; the id alone when the machine has left the registry. */
export async function machineLegend(call: FleetctlCall, id: string, isFull: boolean): Promise<string> {
  const machine = (await call.machines()).find((one) => one.id === id);
  const shown = shortId(id, isFull);
  return machine === undefined || machine.primaryIP === '' ? shown : `${shown}/${machine.primaryIP}`;
}
