import assert from 'node:assert/strict';
import type { VirtualLab } from '../../integration/virtual/virtualLab';

const FLEET = 'http://127.0.0.1:2379/v2/keys/_coreos.com/fleet';
const LOOK_MS = 100;
const NEAR_SECONDS = 0.6;
const LONGEST_MS = 600_000;

/** What was left of a node's entries in fleet's registry when the recorder began, 6 s before the event, in seconds. */
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
  const id = lab.machine(left.node);
  const isNear = async (key: string, wanted: number | undefined): Promise<boolean> => {
    if (wanted === undefined) return true;
    const stdout = await lab.prepare(observer, `curl -s ${FLEET}/${key}`);
    const expiration = Date.parse(/"expiration":"([^"]*)"/.exec(stdout)?.[1] ?? '');
    return Math.abs((expiration - lab.now()) / 1_000 - wanted) <= NEAR_SECONDS;
  };
  const end = lab.now() + LONGEST_MS;
  for (;;) {
    const isAll =
      (await isNear(`machines/${id}/object`, left.machine)) &&
      (await isNear(`states/deis-logspout.service/${id}`, left.units));
    if (isAll) return;
    assert.ok(lab.now() < end, `${left.node} never had ${left.machine} s left`);
    await lab.rest(LOOK_MS);
  }
}

/** fleetd without etcd tries again once a minute: waits until it has just failed, then `afterMs`. */
export async function untilRetried(lab: VirtualLab, observer: string, afterMs: number): Promise<void> {
  const ask = 'journalctl -u fleet --no-pager -o cat | grep -c "retrying in 60000000000 sec"';
  const { stdout: before } = await lab.run(observer, ask);
  await lab.until(observer, ask, (count) => count !== before);
  await lab.rest(afterMs);
}
