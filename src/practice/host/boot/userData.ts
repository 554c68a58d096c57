import type { HostSpec } from '../../kernel';
import { addressingOf, NAMESERVERS } from '../../network/addressing';
import type { HostInside } from '../inside';
import type { UnitCommand } from './applyCloudConfig';
import { applyCloudConfig, authorize } from './applyCloudConfig';
import { parseCloudConfig, substitute } from './cloudConfig';
import { writeNetworkUnits } from './networkUnits';

/** The unit of coreos-cloudinit on DigitalOcean's image. */
const UNIT = 'oem-cloudinit.service';
const IDENTIFIER = 'coreos-cloudinit';
const PID = 411;
const SCRIPT_UNIT = 'coreos-cloudinit-script.service';
const SCRIPT_PATH = '/var/lib/coreos-cloudinit/scripts/user-data';

const logger =
  (inside: HostInside) =>
  (text: string): void => {
    const at = new Date(inside.kernel.timeline.now()).toISOString();
    const stamp = `${at.slice(0, 10).replaceAll('-', '/')} ${at.slice(11, 19)}`;
    inside.journal.write(UNIT, IDENTIFIER, PID, `${stamp} ${text}`);
  };

/** What the metadata service and the user data make of the node, at every boot; unit commands are left for later. */
export function applyUserData(inside: HostInside, spec: HostSpec): readonly UnitCommand[] {
  const log = logger(inside);
  const { tree } = inside;
  tree.write(
    '/etc/environment',
    `COREOS_PUBLIC_IPV4=${spec.publicAddress}\nCOREOS_PRIVATE_IPV4=${spec.privateAddress}\n`,
  );
  tree.write('/etc/hostname', `${spec.name}\n`);
  writeNetworkUnits(tree, spec.addressing?.() ?? addressingOf(spec), NAMESERVERS);
  for (const key of spec.sshPublicKeys) {
    authorize(inside, key);
  }
  log('Fetching user-data from datasource of type "digital-ocean-metadata-service"');
  const values = { public_ipv4: spec.publicAddress, private_ipv4: spec.privateAddress };
  const userData = substitute(spec.userData, values);
  const header = (userData.split('\n')[0] ?? '').replace(/\r$/, '').trimEnd();
  if (userData.trim() === '') {
    return [];
  }
  if (header.startsWith('#!')) {
    log('Parsing user-data as script');
    return placeScript(inside, userData);
  }
  if (header !== '#cloud-config') {
    log('Failed to parse user-data: Unrecognized user-data format');
    return [];
  }
  log('Parsing user-data as cloud-config');
  try {
    return applyCloudConfig(inside, parseCloudConfig(userData), log);
  } catch (error) {
    log(`Failed to parse user-data: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

/** A script as user data runs as a unit of its own. */
function placeScript({ tree, manager }: HostInside, script: string): readonly UnitCommand[] {
  tree.write(SCRIPT_PATH, script, { mode: 0o744 });
  manager.addTransient(
    SCRIPT_UNIT,
    `[Unit]\nDescription=Unit generated and executed by coreos-cloudinit on behalf of user\n\n[Service]\nType=oneshot\nExecStart=${SCRIPT_PATH}\n`,
    true,
  );
  return [{ unit: SCRIPT_UNIT, command: 'start' }];
}

/** One unit command after the other, each waited for: a unit that hangs holds up those after it. */
export async function runUnitCommands(
  inside: HostInside,
  commands: readonly UnitCommand[],
  done: (command: UnitCommand) => void,
): Promise<void> {
  const log = logger(inside);
  const { power } = inside.host;
  for (const command of commands) {
    log(`Calling unit command "${command.command}" on "${command.unit}"'`);
    const result = await runUnitCommand(inside, command);
    if (power.aborted) {
      return;
    }
    log(`Result of "${command.command}" on "${command.unit}": ${result}`);
    done(command);
  }
}

async function runUnitCommand({ manager }: HostInside, { unit, command }: UnitCommand): Promise<string> {
  switch (command) {
    case 'start':
      return await manager.startJob(unit);
    case 'stop':
      return await manager.stopJob(unit);
    case 'restart':
    case 'reload-or-restart':
      return await manager.restartJob(unit);
    case 'try-restart':
    case 'reload-or-try-restart':
      return manager.status(unit).active === 'active' ? await manager.restartJob(unit) : 'done';
    case 'reload':
      return 'done';
    default:
      return 'failed';
  }
}
