import { json, kinds, lines, listing, streams } from '../compare';
import { installDeisctl, startPlatform } from '../platform';
import type { Scenario, Stage } from '../stage';
import { rolesOf, timeline, untilLeft, untilRetried, type Roles } from '../timeline/outage';
import type { Happening } from '../timeline/probes';

const FOLDER = 'power-off';
const SETTLED = 30_000;
/** How long the cloud takes to cut the power. */
const POWER_OFF_MS = 1_000;
/** What etcd's members say of a neighbour that they cannot reach hangs on what ARP still knows. */
const health = streams({
  stdout: lines,
  chance: [[/(?:failed to check the health of member|member) \S+ (?:on \S+: .*|is unreachable: .*)/g, '‹unreachable›']],
});

async function lists(stage: Stage, when: string, node: string): Promise<void> {
  const how = { node, as: listing(), within: SETTLED };
  await stage.row(`${when}-list-units.txt`, how);
  await stage.row(`${when}-list-machines.txt`, how);
  await stage.row(`${when}-cluster-health.txt`, { node, as: health });
  await stage.row(`${when}-member-list.txt`, { node, as: streams({ stdout: lines, chance: LEADER }) });
  await stage.row(`${when}-health.json`, { node, as: json() });
  await stage.row(`${when}-state.json`, { node, as: json(HASH) });
}

const LEADER: [RegExp, string][] = [[/isLeader=\w+/g, 'isLeader=‹either›']];
const HASH = { chance: [[/\b(?:[0-9a-f]{40}|[0-9a-f]{7})\b/g, '‹hash›'] as const] };

/** Which units they were, how long their files are, and which numbers their jobs have. */
const JOURNAL: [RegExp, string][] = [
  [/deis-[\w@-]+\.service/g, '‹unit›'],
  [/\b(job=)\d+|\(\d+b\)/g, '$1‹number›'],
];

async function files(stage: Stage, when: string, node: string): Promise<void> {
  await stage.row(`${when}-list-unit-files.txt`, { node, as: listing(HASH), within: SETTLED });
  await stage.row(`${when}-deisctl-list.txt`, { node, as: listing(), within: SETTLED });
}

const cut = (stage: Stage, node: string): Happening => ({
  takesMs: POWER_OFF_MS,
  order: () => stage.lab.powerOff(node),
});

async function before(stage: Stage, node: string): Promise<void> {
  await stage.row('before-list-units.txt', { node, as: listing(), within: SETTLED });
  const chance = [
    [/"ttl":\d+/g, '"ttl":‹number›'],
    [/"(\w+(?:Rate|Cnt))":[\d.e+]+/g, '"$1":‹number›'],
    [/"uptime":"[^"]*"/g, '"uptime":‹span›'],
  ] as const;
  await stage.row('before-lease.json', { node, as: streams({ chance }) });
}

/** Sessions to the node that will die, and what became of them. */
async function sessions(stage: Stage, victim: string): Promise<() => Promise<void>> {
  await stage.lab.write('client', '.ssh/deis', stage.lab.keys.private);
  await stage.prepare('client', 'chmod 600 .ssh/deis');
  const address = await stage.lab.address(victim, 'private');
  const login = `-i .ssh/deis -o StrictHostKeyChecking=no core@${address} 'echo up; sleep 1000'`;
  const options = '-o ServerAliveInterval=5 -o ServerAliveCountMax=3';
  const kept = stage.lab.run('client', `ssh ${options} ${login}`, { limitMs: 120_000 });
  const mute = stage.lab.run('client', `ssh ${login}`, { limitMs: 120_000 });
  return async () => {
    const [ended, hanging] = [await kept, await mute];
    const isEnded =
      ended.exit === 255 && ended.stdout === 'up\n' && /^Timeout, server .* not responding\.\r?\n$/m.test(ended.stderr);
    stage.judge('ssh-open-session-keepalive.txt', isEnded ? undefined : `exit ${String(ended.exit)}`, ended);
    const isHanging = hanging.exit === 'running' && hanging.stdout === 'up\n';
    stage.judge('ssh-open-session-no-keepalive.txt', isHanging ? undefined : `exit ${String(hanging.exit)}`, hanging);
  };
}

async function killFirst(stage: Stage, { observer, victims: [victim] }: Roles): Promise<void> {
  const ended = await sessions(stage, victim);
  await untilLeft(stage, observer, { node: victim, machine: 22, units: 16 });
  await timeline(stage, FOLDER, 'timeline-kill-1.jsonl', observer, cut(stage, victim));
  await ended();
  const address = `core@${await stage.lab.address(victim, 'private')}`;
  const ssh = 'ssh -i ~/.ssh/deis -o StrictHostKeyChecking=no -o UserKnownHostsFile=~/.ssh/known_hosts';
  const connect = async (file: string, options: string): Promise<void> => {
    await stage.row(file, { node: 'client', ourCommand: `${ssh}${options} ${address} true`, limitMs: 150_000 });
  };
  await connect('ssh-dead-node-connecttimeout10.txt', ' -o ConnectTimeout=10');
  await connect('ssh-dead-node-no-timeout.txt', '');
  await lists(stage, '4up', observer);
  await files(stage, '4up', observer);
  await stage.row('4up-members.json', { node: observer, as: json() });
}

export const scenario: Scenario = {
  async run(stage) {
    await startPlatform(stage);
    const roles = await rolesOf(stage);
    const { observer, victims } = roles;
    await installDeisctl(stage, observer);
    await before(stage, observer);
    await killFirst(stage, roles);
    await untilLeft(stage, observer, { node: victims[1], machine: 24, units: 24 });
    await timeline(stage, FOLDER, 'timeline-kill-2.jsonl', observer, cut(stage, victims[1]));
    await lists(stage, '3up', observer);
    await untilLeft(stage, observer, { node: observer, machine: 26 });
    await timeline(stage, FOLDER, 'timeline-kill-3-quorum-lost.jsonl', observer, cut(stage, victims[2]));
    await stage.rest(180_000);
    await untilRetried(stage, observer, 32_000);
    await timeline(stage, FOLDER, 'timeline-recovery-boot-all.jsonl', observer, {
      takesMs: 0,
      order: async () => {
        await Promise.all(victims.map((victim) => stage.lab.powerOn(victim)));
      },
    });
    await lists(stage, 'recovered', observer);
    await files(stage, 'recovered', observer);
    await stage.row('recovered-journal-fleet.txt', { node: observer, as: streams({ stdout: kinds, chance: JOURNAL }) });
  },
};
