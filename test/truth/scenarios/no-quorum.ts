import { json, kinds, lines, listing, streams, type StreamComparator } from '../compare';
import { installDeisctl, startPlatform } from '../platform';
import type { Scenario, Stage } from '../stage';
import { unitStatus } from '../unitStatus';
import { rolesOf } from '../timeline/outage';

const WEB = '[Unit]\nDescription=One unit\n\n[Service]\nExecStart=/bin/sleep infinity\n';
/** Which reads fail when is chance; where a member cannot be reached hangs on what ARP still knows. */
const health = streams({
  stdout: lines,
  chance: [[/failed to check the health of member \S+ on \S+: .*/g, '‹unreachable›']],
});
const errors = streams({
  stdout: kinds,
  stderr: kinds,
  chance: [
    [/\b[0-9a-f]{40}\b/g, '‹hash›'],
    // deisctl gives up after 10 s, which now and then falls into one of its requests.
    [/^INFO client\.go:292: .*: cancelled\n/gm, ''],
    [/error #\d: /g, 'error #‹number›: '],
    [/127\.0\.0\.1:(?:2379|4001)/g, '‹etcd›'],
  ],
});

/** Which units a node took over while others died, and whose engine did it, is chance. */
const journal = streams({
  stdout: kinds,
  chance: [
    [/0x[0-9a-f]+/g, '‹pointer›'],
    [/^.* INFO (?:manager|reconcile|reconciler|engine)\.go:\d+: .*\n/gm, ''],
  ],
});

/** Terms and indexes count what went before; who is silent for how long decides which word a probe has for it. */
const elections = streams({
  stdout: kinds,
  chance: [
    [/^raft\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /gm, 'raft‹log time› '],
    [/\b((?:log)?term:?|index:) \d+/g, '$1 ‹number›'],
    [/merged \d+ repeated lines in [\d.]+s/g, 'merged ‹number› repeated lines in ‹span›'],
  ],
});

/** Each endpoint's problem on a line of its own; why a dead one does not answer hangs on what ARP still knows. */
const problems = streams({
  stderr: kinds,
  chance: [
    [/; error #\d: /g, '\n'],
    [/client: endpoint .*? exceeded header timeout|dial tcp .*? connect: no route to host/g, '‹unreachable›'],
  ],
});

async function fleet(stage: Stage, node: string): Promise<void> {
  for (const name of ['web.service', 'q.service']) await stage.lab.write(node, name, WEB);
  const how = { node };
  await stage.rows(
    [
      ...['list-machines.txt', 'list-units.txt', 'list-unit-files.txt', 'fleetctl-start.txt', 'fleetctl-submit.txt'],
      ...['fleetctl-stop.txt', 'fleetctl-destroy.txt', 'fleetctl-status.txt', 'fleetctl-cat-unknown.txt'],
    ],
    how,
  );
  await stage.rows(['api-machines.json', 'api-units.json', 'api-state.json', 'api-put.json', 'api-delete.json'], {
    node,
    as: json(),
  });
}

const COUNTS = ['recvAppendRequestCnt', 'sendAppendRequestCnt', 'recvPkgRate', 'recvBandwidthRate', 'uptime'];

async function etcd(stage: Stage, node: string): Promise<void> {
  await stage.rows(['etcd-health.json', 'etcd-members.json', 'etcd-stats-leader.json'], { node, as: json() });
  await stage.row('etcd-stats-self.json', { node, as: json({ freeKeys: [...COUNTS, 'state', 'leader'] }) });
  await stage.rows(['etcd-get.json', 'etcd-get-quorum.json', 'etcd-put.json'], { node, as: json() });
  await stage.row('cluster-health.txt', { node, as: health });
  await stage.row('member-list.txt', { node, as: problems });
  await stage.row('etcdctl-get.txt', { node });
  await stage.row('etcdctl-set.txt', { node, as: errors });
}

async function deisctl(stage: Stage, node: string): Promise<void> {
  await stage.rows(['deisctl-list.txt', 'deisctl-machines.txt'], { node, as: listing() });
  const here = await localUnit(stage, node);
  await stage.row('deisctl-status.txt', {
    node,
    as: streams({ stdout: unitStatus, chance: ANY_UNIT }),
    ourCommand: `deisctl status ${here}`,
  });
  await stage.row('deisctl-config-get.txt', { node });
  const how = { node, as: errors, limitMs: 120_000 };
  await stage.rows(['deisctl-config-set.txt', 'deisctl-start.txt', 'deisctl-stop.txt', 'deisctl-install.txt'], how);
}

/** Which unit that runs once is here is chance. */
const ANY_UNIT = [[/deis-[\w@-]+(?=\.service)|(?<=\.service - )deis-[\w@-]+/g, '‹unit›']] as const;

async function localUnit(stage: Stage, node: string): Promise<string> {
  const list = await stage.prepare(node, "systemctl list-units 'deis-*' --no-legend --no-pager");
  return (
    /deis-(controller|database|builder|logger|registry@1|store-gateway@1|router@\d)\.service/.exec(list)?.[1] ?? ''
  );
}

/** Which single units are on a node is chance, its global ones are the same on all. */
const globals: StreamComparator = (recorded, ours) => {
  const own = (text: string): string =>
    text
      .split('\n')
      .filter((line) => /deis-(?:logspout|publisher|store-(?:daemon|metadata|monitor|volume))/.test(line))
      .join('\n');
  return lines(own(recorded), own(ours));
};

export const scenario: Scenario = {
  async run(stage) {
    await startPlatform(stage);
    const { observer, victims } = await rolesOf(stage);
    await installDeisctl(stage, observer);
    await stage.prepare(observer, 'mkdir -p .ssh && ssh-keygen -q -t rsa -b 2048 -N "" -f .ssh/deis');
    await stage.prepare(observer, 'deisctl config platform set sshPrivateKey=.ssh/deis');
    for (const victim of victims) {
      await stage.lab.powerOff(victim);
      // The recorder went on asking, and fleetd wrote down what it could not answer.
      await stage.prepare(observer, 'curl -sS --unix-socket /var/run/fleet.sock http://localhost/fleet/v1/units');
      await stage.rest(60_000);
    }
    await stage.rest(120_000);
    const log = { node: observer, as: journal };
    await stage.row('journal-fleet.txt', log);
    await stage.row('systemctl-fleet.txt', { node: observer });
    await fleet(stage, observer);
    await etcd(stage, observer);
    await deisctl(stage, observer);
    await stage.row('systemctl-list-deis.txt', {
      node: observer,
      as: streams({ stdout: globals, chance: [[/ +/g, ' ']] }),
    });
    await stage.row('journal-fleet-all.txt', log);
    const write = 'curl -sS -m 20 -XPUT -d value=1 http://127.0.0.1:2379/v2/keys/lab > /dev/null';
    await stage.prepare(observer, `${write} & ${write} & ${write} & wait`);
    await stage.row('journal-etcd2.txt', {
      node: observer,
      as: elections,
      // Which kinds of lines the last twenty hold hangs on the moment: ours are looked for among a few more.
      ourCommand: 'journalctl -u etcd2 --no-pager -n 60 -o cat',
      within: 20_000,
    });
  },
};
