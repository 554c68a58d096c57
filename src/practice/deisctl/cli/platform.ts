import { EARLY_STARTS, INSTALL_GROUPS, START_GROUPS, STOP_GROUPS, type Group } from '../components';
import { create, destroy, kick, start, stop } from './backend';
import { DeisctlError, type DeisctlCall } from './call';
import { read } from './config';
import { banner } from './output';

const DEFAULT_ROUTERS = 3;
const MOST_ROUTERS = 255;

export async function through(
  call: DeisctlCall,
  groups: readonly Group[],
  run: (targets: readonly string[]) => Promise<void>,
): Promise<void> {
  for (const group of groups) {
    call.out(`${group.title}\n`);
    for (const targets of group.steps) {
      await run(targets);
    }
  }
}

export async function installPlatform(call: DeisctlCall, isStateless: boolean): Promise<void> {
  const size = Number(call.flags.value('router-mesh-size') ?? DEFAULT_ROUTERS);
  await checkRequiredKeys(call);
  if (isStateless) {
    call.out('Warning: With a stateless control plane, some components require manual configuration.\n');
    call.out('See the official Deis documentation for details on running a stateless control plane.\n');
    call.out('http://docs.deis.io/en/latest/managing_deis/running-deis-without-ceph/\n');
  }
  call.out(banner('Installing Deis...'));
  const routers = Array.from({ length: size }, (_, at) => `router@${at + 1}`);
  await through(call, INSTALL_GROUPS(routers, isStateless), (targets) => create(call, targets));
  call.out('Done.\n\n');
  const name = isStateless ? 'stateless-platform' : 'platform';
  call.out(`Please run \`deisctl start ${name}\` to boot up Deis.\n`);
}

/** Whether the number of routers is one; says what is wrong with it. @throws DeisctlError in Go's words where it is no number */
export function checkMeshSize(call: DeisctlCall): boolean {
  const text = call.flags.value('router-mesh-size') ?? String(DEFAULT_ROUTERS);
  const isNumber = /^\d+$/.test(text);
  if (isNumber && Number(text) >= 1 && Number(text) <= MOST_ROUTERS) {
    return true;
  }
  call.out('Error: argument --router-mesh-size: invalid value, make sure the value is an integer between 1 and 255.\n');
  if (Number(text) === 0 && isNumber) {
    return false;
  }
  throw new DeisctlError(
    `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${isNumber ? 'value out of range' : 'invalid syntax'}`,
  );
}

/** Any trouble in reading them is taken for their absence. */
async function checkRequiredKeys(call: DeisctlCall): Promise<void> {
  const isThere = (key: string): Promise<boolean> =>
    read(call, key).then(
      () => true,
      () => false,
    );
  if (!(await isThere('/deis/platform/domain'))) {
    throw new DeisctlError('Missing platform domain, use:\ndeisctl config platform set domain=<your-domain>');
  }
  if (!(await isThere('/deis/platform/sshPrivateKey'))) {
    call.out('Warning: Missing sshPrivateKey, "deis run" will be unavailable. Use:\n');
    call.out('deisctl config platform set sshPrivateKey=<path-to-key>\n');
  }
}

export async function startPlatform(call: DeisctlCall, isStateless: boolean): Promise<void> {
  call.out(banner('Starting Deis...'));
  const groups = START_GROUPS(isStateless);
  const at = groups.findIndex((group) => group.title === 'Control plane...');
  await through(call, groups.slice(0, at), (targets) => start(call, targets));
  await kick(call, isStateless ? EARLY_STARTS.slice(1) : EARLY_STARTS);
  await through(call, groups.slice(at), (targets) => start(call, targets));
  call.out("Done.\n \nPlease set up an administrative account. See 'deis help register'\n");
}

export async function stopPlatform(call: DeisctlCall, isStateless: boolean): Promise<void> {
  call.out(banner('Stopping Deis...'));
  await through(call, STOP_GROUPS(isStateless), (targets) => stop(call, targets));
  call.out('Done.\n \n');
  call.out(`Please run \`deisctl start ${isStateless ? 'stateless-platform' : 'platform'}\` to restart Deis.\n`);
}

export async function uninstallPlatform(call: DeisctlCall, isStateless: boolean): Promise<void> {
  call.out(banner('Uninstalling Deis...'));
  await through(call, STOP_GROUPS(isStateless), (targets) => destroy(call, targets));
  call.out('Done.\n');
}
