import { parseUnit, type UnitOption } from '../../fleet/unitFile';
import { UnitSyntaxError } from '../../fleet/unitLexer';
import { UNITS_PATH } from '../installer';
import { DeisctlError, type DeisctlCall } from './call';
import { readOr } from './config';

/** How Go reads a truth value (strconv.ParseBool). */
const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** Where deisctl looks for the platform's unit files, in its order (Deis, deisctl/units/units.go). */
function searchPath(call: DeisctlCall): string[] {
  const { environment } = call.context;
  const home = environment['HOME'] ?? '/root';
  return [environment['DEISCTL_UNITS'] ?? '', `${home}/.deis/units`, UNITS_PATH].filter((path) => path !== '');
}

/** The unit file of a component and, with placement options on, what its decorator adds. @throws DeisctlError when there is none, or it is none */
export async function unitTemplate(call: DeisctlCall, component: string): Promise<readonly UnitOption[]> {
  const isDecorated = await wantsPlacement(call);
  const file = `deis-${component}.service`;
  const text = await find(call, file);
  if (text === undefined) {
    throw new DeisctlError(`Could not find unit template for ${component}`);
  }
  const decorator = isDecorated ? ((await find(call, `decorators/${file}.decorator`)) ?? '') : '';
  try {
    return parseUnit(isDecorated ? `${text}\n${decorator}` : text).options;
  } catch (error) {
    throw error instanceof UnitSyntaxError ? new DeisctlError(error.message) : error;
  }
}

async function find(call: DeisctlCall, name: string): Promise<string | undefined> {
  const { files } = call.context.host;
  for (const folder of searchPath(call)) {
    const path = files.resolvePath(call.context.workingDirectory, `${folder}/${name}`);
    if (await files.exists(path)) {
      return await files.readFile(path);
    }
  }
  return undefined;
}

/** @throws DeisctlError */
async function wantsPlacement(call: DeisctlCall): Promise<boolean> {
  const value = await readOr(call, '/deis/platform/enablePlacementOptions', 'false');
  if (!TRUE.includes(value) && !FALSE.includes(value)) {
    throw new DeisctlError(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  return TRUE.includes(value);
}
