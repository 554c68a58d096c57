import { parseUnit, type UnitOption } from '../../fleet/unitFile';
import { UNITS_PATH } from '../installer';
import type { DeisctlCall } from './call';

/** Where deisctl looks for the platform's unit files, in its order (Deis, deisctl/units/units.go). */
function searchPath(call: DeisctlCall): string[] {
  const { environment } = call.context;
  const home = environment['HOME'] ?? '/root';
  return [environment['DEISCTL_UNITS'] ?? '', `${home}/.deis/units`, UNITS_PATH].filter((path) => path !== '');
}

/** The unit file of a component; with placement options on, what its decorator adds. Undefined when no folder has it. */
export async function unitTemplate(call: DeisctlCall, component: string): Promise<readonly UnitOption[] | undefined> {
  const { files } = call.context.host;
  for (const folder of searchPath(call)) {
    const path = `${folder}/deis-${component}.service`;
    if (await files.exists(path)) {
      const { options } = parseUnit(await files.readFile(path));
      const decorator = `${folder}/decorators/deis-${component}.service.decorator`;
      const isDecorated = (await wantsPlacement(call)) && (await files.exists(decorator));
      const added = isDecorated ? parseUnit(`[X-Fleet]\n${await files.readFile(decorator)}`).options : [];
      return [...options, ...added];
    }
  }
  return undefined;
}

async function wantsPlacement(call: DeisctlCall): Promise<boolean> {
  await call.reachable().catch(() => undefined);
  const value = call.peek('/deis/platform/enablePlacementOptions');
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value ?? '');
}
