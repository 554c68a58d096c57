import assert from 'node:assert/strict';
import type { VirtualLab } from './virtualLab';

const FLEET = 'http://127.0.0.1:2379/v2/keys/_coreos.com/fleet';
const LOOK_MS = 250;
const LONGEST_MS = 600_000;

/** Who asks and who dies, by what they were in the recording. */
export interface Roles {
  /** Leads nothing and lives. */
  readonly observer: string;
  /** The leader of etcd; the leader of fleet's engine; one more. The first two have units that run nowhere else. */
  readonly victims: readonly [string, string, string];
}

export async function rolesOf(lab: VirtualLab): Promise<Roles> {
  const members = await lab.prepare('deis-1', 'etcdctl member list');
  const etcd = nodeOf(lab, /name=([0-9a-f]{32}) .*isLeader=true/.exec(members)?.[1]);
  const lease = await lab.prepare('deis-1', 'etcdctl get /_coreos.com/fleet/lease/engine-leader');
  const engine = nodeOf(lab, /[0-9a-f]{32}/.exec(lease)?.[0]);
  const rest = lab.names.filter((node) => node !== etcd && node !== engine);
  const second = engine === etcd ? rest.shift() : engine;
  const [observer, third] = rest;
  assert.ok(second !== undefined && observer !== undefined && third !== undefined);
  return { observer, victims: [etcd, second, third] };
}

const nodeOf = (lab: VirtualLab, machine: string | undefined): string =>
  lab.names.find((node) => lab.host(node).machineId === machine) ?? assert.fail(`no node is ${String(machine)}`);

/** What was left of a node's entries in fleet's registry when the event came, in seconds. */
export interface Left {
  readonly node: string;
  readonly machine: number;
  readonly units?: number;
}

/**
 * A node that dies just after its heartbeat is missed half a minute later, one that dies just before it sooner: the event must
 * come as far from the heartbeats as the recorded one.
 */
export async function untilLeft(lab: VirtualLab, observer: string, left: Left): Promise<void> {
  const { machineId } = lab.host(left.node);
  const ttlOf = async (key: string): Promise<number> => {
    const stdout = await lab.prepare(observer, `curl -s ${FLEET}/${key}`);
    return Number(/"ttl":(\d+)/.exec(stdout)?.[1]);
  };
  const isNear = (is: number, wanted: number | undefined, by: number): boolean =>
    wanted === undefined || Math.abs(is - wanted) <= by;
  const end = lab.now() + LONGEST_MS;
  for (;;) {
    const machine = await ttlOf(`machines/${machineId}/object`);
    const units = await ttlOf(`states/deis-logspout.service/${machineId}`);
    if (isNear(machine, left.machine, 0) && isNear(units, left.units, 1)) return;
    assert.ok(lab.now() < end, `${left.node} never had ${left.machine} s left`);
    await lab.rest(LOOK_MS);
  }
}
