import { json, lines, listing, streams, type Comparator } from '../compare';
import { installDeisctl, startPlatform } from '../platform';
import type { Scenario, Stage } from '../stage';
import { rolesOf, type Roles } from '../timeline/outage';

/** Longer than fleet takes to miss a machine, or units that have no etcd to come back. */
const SETTLED = 120_000;
/** The recorder watched its open sessions for so long. */
const SESSION_MS = 125_000;
async function lists(stage: Stage, when: string, node: string): Promise<void> {
  const how = { node, as: listing(), within: SETTLED };
  await stage.row(`${when}-list-units.txt`, how);
  await stage.row(`${when}-list-machines.txt`, how);
  await stage.row(`${when}-cluster-health.txt`, { ...how, as: streams({ stdout: lines }) });
  await stage.row(`${when}-member-list.txt`, { node, as: streams({ stdout: lines, chance: LEADER }) });
  await stage.row(`${when}-health.json`, { node, as: json() });
  await stage.row(`${when}-state.json`, { node, as: json(HASH) });
}

const LEADER: [RegExp, string][] = [[/isLeader=\w+/g, 'isLeader=‹either›']];
const HASH = { chance: [[/\b(?:[0-9a-f]{40}|[0-9a-f]{7})\b/g, '‹hash›'] as const] };

async function files(stage: Stage, when: string, node: string): Promise<void> {
  await stage.row(`${when}-list-unit-files.txt`, { node, as: listing(HASH), within: SETTLED });
  await stage.row(`${when}-deisctl-list.txt`, { node, as: listing(), within: SETTLED });
}

async function before(stage: Stage, node: string): Promise<void> {
  await stage.row('before-list-units.txt', { node, as: listing(), within: SETTLED });
  const chance = [
    [/"ttl":\d+/g, '"ttl":‹number›'],
    [/"(\w+(?:Rate|Cnt))":[\d.e+]+/g, '"$1":‹number›'],
    [/"uptime":"[^"]*"/g, '"uptime":‹span›'],
  ] as const;
  await stage.row('before-lease.json', { node, as: streams({ chance }) });
}

/** The recorder wrote into a file what it saw of a session of its own: how it ended and what it said, or that it did not end. */
const asSession: Comparator = ({ recorded, ours, ...clusters }) => {
  const ended = /^exit (\d+) after [\d.]+ s\nstdout: (.*\n)stderr: ([^]*)$/.exec(recorded.stdout);
  const [, exit = '', stdout = 'up\n', stderr = ''] = ended ?? [];
  const wanted = { stdout, stderr, exit: ended === null ? ('running' as const) : Number(exit) };
  return streams()({ recorded: wanted, ours, ...clusters });
};

/** Sessions to the node that will die, and what became of them. */
async function sessions(stage: Stage, victim: string): Promise<() => Promise<void>> {
  await stage.lab.write('client', '.ssh/deis', stage.lab.keys.private);
  await stage.prepare('client', 'chmod 600 .ssh/deis');
  const address = await stage.lab.address(victim, 'private');
  const known = '-i .ssh/deis -o StrictHostKeyChecking=no -o UserKnownHostsFile=.ssh/known_hosts';
  await stage.prepare('client', `ssh ${known} core@${address} true`);
  const login = `${known} core@${address} 'echo up | tee -a up; sleep 1000'`;
  const options = '-o ServerAliveInterval=5 -o ServerAliveCountMax=3';
  const kept = stage.lab.run('client', `ssh ${options} ${login}`, { limitMs: SESSION_MS });
  const mute = stage.lab.run('client', `ssh ${login}`, { limitMs: SESSION_MS });
  await stage.lab.until(victim, 'cat up', /^up\nup$/m);
  return async () => {
    stage.compare('ssh-open-session-keepalive.txt', await kept, asSession);
    stage.compare('ssh-open-session-no-keepalive.txt', await mute, asSession);
  };
}

async function killFirst(stage: Stage, { observer, victims: [victim] }: Roles): Promise<void> {
  const ended = await sessions(stage, victim);
  await stage.lab.powerOff(victim);
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
  hasTimelines: true,
  async run(stage) {
    await startPlatform(stage);
    const roles = await rolesOf(stage);
    const { observer, victims } = roles;
    await installDeisctl(stage, observer);
    await before(stage, observer);
    await killFirst(stage, roles);
    await stage.lab.powerOff(victims[1]);
    await lists(stage, '3up', observer);
    await stage.lab.powerOff(victims[2]);
    await stage.lab.until(observer, 'fleetctl list-machines 2>&1', /503/, 120_000);
    await Promise.all(victims.map((victim) => stage.lab.powerOn(victim)));
    await lists(stage, 'recovered', observer);
    await files(stage, 'recovered', observer);
  },
};
