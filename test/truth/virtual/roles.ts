import assert from 'node:assert/strict';
import type { VirtualLab } from '../../integration/virtual/virtualLab';

const TRIES = 10;
/** Long enough for the others to elect another, too short for fleet to miss anybody. */
const ELECTION_MS = 4_000;

/** Who leads etcd, as a living node says. */
export async function etcdLeader(lab: VirtualLab, observer: string): Promise<string> {
  const members = await lab.prepare(observer, 'etcdctl member list');
  return nodeOf(lab, /name=([0-9a-f]{32}) .*isLeader=true/.exec(members)?.[1]);
}

/** Who holds fleet's lease and gives units to machines. */
export async function engineLeader(lab: VirtualLab, observer: string): Promise<string> {
  const lease = await lab.prepare(observer, 'etcdctl get /_coreos.com/fleet/lease/engine-leader');
  return nodeOf(lab, /[0-9a-f]{32}/.exec(lease)?.[0]);
}

/** Who leads etcd is chance: in no recording it was the one named here. */
export async function leadElsewhere(lab: VirtualLab, observer: string, node: string): Promise<void> {
  for (let tries = 0; (await etcdLeader(lab, observer)) === node; tries += 1) {
    assert.ok(tries < TRIES, `${node} goes on leading etcd`);
    await lab.separate(node, ELECTION_MS);
  }
}

const nodeOf = (lab: VirtualLab, machine: string | undefined): string =>
  lab.names.find((node) => lab.machine(node) === machine) ?? assert.fail(`no node is ${String(machine)}`);
