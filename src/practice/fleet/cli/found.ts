import { completeName } from '../unitName';
import type { FleetctlCall } from './call';
import type { ApiUnit } from './client';
import { baseName } from './create';

/** The cluster's units that the arguments name; patterns are the shell's affair (fleetctl.go, `findUnits`). @throws ApiCallError */
export async function foundUnits(call: FleetctlCall): Promise<ApiUnit[]> {
  const units = new Map((await call.client.units()).map((unit) => [unit.name, unit]));
  return call.args.map((word) => units.get(completeName(baseName(word)))).filter((unit) => unit !== undefined);
}
