import { json, lines, streams } from '../compare';
import type { Scenario, Stage } from '../stage';

/** Counters and measured times: only that they are there, and are numbers, is compared. */
const STATISTICS = [
  ...['recvAppendRequestCnt', 'sendAppendRequestCnt', 'recvPkgRate', 'recvBandwidthRate', 'sendPkgRate'],
  ...[
    'sendBandwidthRate',
    'uptime',
    'current',
    'average',
    'standardDeviation',
    'minimum',
    'maximum',
    'fail',
    'success',
  ],
  ...[
    'getsSuccess',
    'getsFail',
    'setsSuccess',
    'setsFail',
    'deleteSuccess',
    'deleteFail',
    'updateSuccess',
    'updateFail',
  ],
  ...['createSuccess', 'createFail', 'compareAndSwapSuccess', 'compareAndSwapFail', 'compareAndDeleteSuccess'],
  ...['compareAndDeleteFail', 'expireCount', 'watchers'],
];

async function leader(stage: Stage): Promise<{ leader: string; follower: string }> {
  const machines = stage.lab.cluster.machines;
  const list = await stage.prepare('deis-1', 'etcdctl member list');
  const id = /name=([0-9a-f]{32}) .*isLeader=true/.exec(list)?.[1] ?? '';
  const index = machines.indexOf(id);
  return { leader: `deis-${index + 1}`, follower: `deis-${index === 0 ? 2 : 1}` };
}

export const scenario: Scenario = {
  async run(stage) {
    // flannel's configuration, which Deis's user data sets, was the only key that is not hidden.
    await stage.prepare('deis-1', 'etcdctl mk /coreos.com/network/config \'{"Network": "10.244.0.0/16"}\'');
    const nodes = await leader(stage);
    await stage.row('members-5up.json', { as: json({ identity: true }) });
    await stage.rows(['health-5up.json', 'version.json'], { as: json() });
    const statistics = json({ freeKeys: STATISTICS });
    await stage.row('stats-self-leader.json', { as: statistics, node: nodes.leader });
    await stage.row('stats-self-follower.json', { as: statistics, node: nodes.follower });
    await stage.row('stats-leader-on-leader.json', { as: statistics, node: nodes.leader });
    await stage.row('stats-leader-on-follower.json', { as: json(), node: nodes.follower });
    await stage.row('stats-store.json', { as: statistics });
    await stage.row('keys-root.json', { as: json() });
    await stage.rows(
      [
        ...['keys-put.json', 'keys-put-again.json', 'keys-get.json', 'keys-get-dir.json', 'keys-get-missing.json'],
        ...['keys-put-prevexist.json', 'keys-put-prevvalue.json', 'keys-get-quorum.json', 'keys-put-ttl.json'],
        ...['keys-delete.json', 'keys-delete-dir-not-empty.json', 'keys-delete-recursive.json'],
      ],
      { as: json() },
    );
    await stage.row('fleet-machines.json', { as: json({ identity: true, freeKeys: ['ttl'] }) });
    await stage.row('fleet-lease.json', { as: json({ freeKeys: ['ttl'] }) });
    await stage.row('cluster-health-5up.txt', { as: streams({ identity: true, stdout: lines }) });
    await stage.row('member-list-5up.txt', { as: streams({ stdout: lines }) });
    await stage.row('etcdctl-get-missing.txt', { as: streams({ chance: [[/\[\d+\]/g, '[‹index›]']] }) });
    await stage.row('etcdctl-ls.txt');
    await stage.row('etcdctl-set.txt');
    await stage.row('etcdctl-mk-exists.txt', { as: streams({ chance: [[/\[\d+\]/g, '[‹index›]']] }) });
    await stage.row('etcdctl-rm.txt');
    await stage.row('etcdctl-version.txt');
  },
};
