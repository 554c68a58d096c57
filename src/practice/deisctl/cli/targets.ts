import { DeisctlError, type DeisctlCall } from './call';

export interface Target {
  /** As it was given: of `deis-router@1` the component is `deis-router`, which has no unit file. */
  readonly component: string;
  readonly unit: string;
}

/** `builder`, `router@1` and `deis-router@1.service` (Deis, deisctl/backend/fleet/utils.go). @throws DeisctlError */
export function splitTarget(target: string): Target {
  const bare = target.replace(/\.service$/, '');
  const at = bare.includes('@') ? bare.indexOf('@') : bare.length;
  const [component, instance] = [bare.slice(0, at), bare.slice(at)];
  if (!/^[a-z-]+$/.test(component) || (instance !== '' && !/^@\d+$/.test(instance))) {
    throw new DeisctlError(`Could not parse target: ${target}`);
  }
  const number = Number(instance.slice(1));
  const name = component.replace(/^deis-/, '');
  return { component, unit: number === 0 ? `deis-${name}.service` : `deis-${name}@${number}.service` };
}

/** Names of units that begin as the target says, or else as it says with `deis-` before it. @throws DeisctlError when none does */
export async function unitsOf(call: DeisctlCall, target: string): Promise<string[]> {
  await call.reachable('job');
  const names = call.registry.units().map((unit) => unit.name);
  const given = names.filter((name) => name.startsWith(target));
  const found = given.length > 0 ? given : names.filter((name) => name.startsWith(whole(target.toLowerCase())));
  if (found.length === 0) {
    throw new DeisctlError(`could not find unit: ${target}`);
  }
  return found;
}

/** Turns `router@*` into the routers that are there. @throws DeisctlError `could not find unit: deis-router` */
export async function expandTargets(call: DeisctlCall, targets: readonly string[]): Promise<string[]> {
  const expanded: string[] = [];
  for (const target of targets.map(whole)) {
    expanded.push(...(target.endsWith('@*') ? await unitsOf(call, target.slice(0, -2)) : [target]));
  }
  return expanded;
}

const whole = (target: string): string => (target.startsWith('deis-') ? target : `deis-${target}`);
