import { json, kinds, lines, listing, progress, rows, streams, type Comparator } from '../compare';
import { installDeisctl } from '../platform';
import type { Scenario, Stage } from '../stage';

const inProgress = streams({ stdout: progress, stderr: lines });
const SETTLED = 15_000;
const PLATFORM_MS = 300_000;
/** Ours are the unit files of our own Deis release: what they hash to is theirs. */
const hash = { chance: [[/\b(?:[0-9a-f]{40}|[0-9a-f]{7})\b/g, '‹hash›'] as const] };
const index = { chance: [[/\[\d+\]/g, '[‹index›]'] as const] };
/**
 * The recorder cut the units' commands out of this answer and so wrote it anew, with a line feed at its end. What the commands of our
 * own Deis release are is ours, and how many of a kind; that a unit has this kind of command is not.
 */
const asUnits: Comparator = (pair) => {
  const recorded = { ...pair.recorded, stdout: withoutCommands(pair.recorded.stdout).replace(/\n$/, '') };
  return json()({ ...pair, recorded, ours: { ...pair.ours, stdout: withoutCommands(pair.ours.stdout) } });
};
const withoutCommands = (text: string): string =>
  text
    .replaceAll(/("name":"Exec\w+","section":"Service","value":)"(?:[^"\\]|\\.)*"/g, '$1"‹command›"')
    .replaceAll(/(\{"name":"Exec\w+","section":"Service","value":"‹command›"\},)\1+/g, '$1');
const asList = listing();
const asFiles = listing(hash);

async function beforeInstall(stage: Stage): Promise<void> {
  await stage.rows(['version.txt', 'list-empty.txt']);
  await stage.row('machines.txt', { as: listing({ identity: true }) });
  await stage.rows(['help.txt', 'no-args.txt', 'no-such-command.txt']);
  for (const file of ['start-not-installed.txt', 'stop-not-installed.txt']) {
    await stage.row(file, { as: streams({ stdout: kinds, stderr: lines }) });
  }
  await stage.row('config-get-missing.txt', { as: streams(index) });
  await stage.rows([
    ...['status-not-installed.txt', 'journal-not-installed.txt', 'install-no-domain.txt'],
    ...['config-set-domain.txt', 'config-set-domain-again.txt', 'config-get-domain.txt', 'config-set-bad.txt'],
    ...['config-set-empty.txt', 'config-set-key-missing-file.txt'],
  ]);
}

async function install(stage: Stage): Promise<void> {
  await stage.row('install-no-sshkey.txt', { as: inProgress, limitMs: PLATFORM_MS });
  await stage.row('list-installed.txt', { as: asList, within: SETTLED });
  await stage.row('fleetctl-list-units-installed.txt', { as: asList, within: SETTLED });
  await stage.row('fleetctl-list-unit-files-installed.txt', { as: asFiles });
  await stage.prepare('deis-1', 'mkdir -p ~/.ssh && ssh-keygen -q -t rsa -b 2048 -N "" -f ~/.ssh/deis');
  const key = {
    chance: [[/[A-Za-z0-9+/=]{40,}/g, '‹key›'] as const, [/\.\.\.|\(the rest of the base64 key cut\)/g, ''] as const],
  };
  await stage.row('config-set-sshkey.txt', { as: streams(key) });
  await stage.row('config-get-sshkey-shape.txt', { as: streams({ chance: [...key.chance, [/\d{4,}/g, '‹length›']] }) });
  await stage.rows(['config-set-registration.txt', 'config-rm.txt']);
  await stage.row('config-get-two.txt', { as: streams(index) });
  await stage.row('install-again.txt', { as: inProgress, limitMs: PLATFORM_MS });
  await stage.row('install-bad-unit.txt');
}

async function start(stage: Stage): Promise<string> {
  await stage.row('start-platform.txt', { as: inProgress, limitMs: PLATFORM_MS });
  await stage.row('list-started.txt', { as: asList, within: SETTLED });
  await stage.row('fleetctl-list-units-started.txt', { as: listing({ ...hash, hasColumns: false }) });
  await stage.row('fleet-api-state-started.json', { as: json(hash) });
  await stage.row('fleet-api-units-started.json', { as: asUnits });
  await stage.row('start-platform-again.txt', { as: inProgress });
  const here = await stage.nodeOf('deis-controller.service');
  return here;
}

async function inspect(stage: Stage, here: string): Promise<void> {
  const elsewhere = here === 'deis-1' ? 'deis-2' : 'deis-1';
  await stage.row('status-controller-remote-noagent.txt', { node: elsewhere });
  await stage.row('status-global.txt');
  const router = await stage.nodeOf('deis-router@1.service');
  await stage.row('status-router-star.txt', { node: router === 'deis-1' ? 'deis-2' : 'deis-1' });
  await stage.row('journal-controller-remote-noagent.txt', { node: elsewhere });
  await stage.row('ssh-cmd-noagent.txt', { node: elsewhere });
}

async function scale(stage: Stage): Promise<void> {
  await stage.row('scale-router-5.txt', { as: inProgress });
  await stage.rows(['list-after-scale-5.txt', 'list-after-scale-5-6s.txt'], { as: asList, within: SETTLED });
  await stage.row('start-router-star.txt', { as: inProgress });
  await stage.row('scale-router-6.txt', { as: inProgress });
  await stage.row('list-after-scale-6.txt', { as: asList, within: SETTLED });
  await stage.row('list-unit-files-after-scale-6.txt', { as: asFiles });
  await stage.row('scale-router-3.txt', { as: inProgress });
  await stage.row('list-after-scale-3.txt', { as: asList, within: SETTLED });
  await stage.rows(['scale-controller.txt', 'scale-bad.txt']);
  await stage.rows(['scale-zero.txt', 'scale-registry-1.txt'], { as: inProgress });
}

async function one(stage: Stage): Promise<void> {
  await stage.row('stop-one.txt', { as: inProgress });
  await stage.row('list-one-stopped.txt', { as: asList, within: SETTLED });
  await stage.rows(['start-one.txt', 'restart-one.txt', 'stop-logger.txt'], { as: inProgress });
}

/** The recorder's container ended at once with 1; so does one that asks Docker in a unit that does not give it the socket. */
async function failing(stage: Stage): Promise<void> {
  const image = 'etcdctl set /deis/logger/image deis/logspout:v1.13.4';
  await stage.prepare('deis-1', image);
  await stage.row('start-failing.txt', { as: streams({ stdout: kinds }) });
  const asRow = streams({ stdout: rows });
  await stage.rows(['list-failing-0.txt', 'list-failing-1.txt', 'list-failing-2.txt'], { as: asRow, within: SETTLED });
  await stage.row('systemctl-show-failing.txt', {
    node: await stage.nodeOf('deis-logger.service'),
    as: streams({ chance: [[/NRestarts=\d+/g, 'NRestarts=‹number›']] }),
    within: SETTLED,
  });
  await stage.prepare('deis-1', 'etcdctl rm /deis/logger/image');
  await stage.row('start-after-failing.txt', { as: inProgress, limitMs: 60_000 });
}

async function end(stage: Stage): Promise<void> {
  await stage.row('rolling-restart.txt', { as: inProgress, limitMs: PLATFORM_MS });
  await stage.rows(['tty-start-one.txt'], { as: inProgress });
  await stage.row('tty-list.txt', { as: streams({ stdout: (a, b) => rows(firstOf(a), firstOf(b)) }) });
  await stage.row('stop-platform.txt', { as: inProgress, limitMs: PLATFORM_MS });
  await stage.row('list-stopped.txt', { as: asList, within: SETTLED });
  await stage.row('list-unit-files-stopped.txt', { as: asFiles });
  await stage.row('uninstall-platform.txt', { as: inProgress, limitMs: PLATFORM_MS });
  await stage.row('list-uninstalled.txt', { as: asList });
  await stage.row('uninstall-again.txt', { as: inProgress });
  await stage.rows(['reinstall-platform.txt', 'restart-platform-images-present.txt'], {
    as: inProgress,
    limitMs: PLATFORM_MS,
  });
  await stage.row('list-restarted.txt', { as: asList, within: SETTLED });
}

const firstOf = (text: string): string => text.replaceAll('\r', '');

export const scenario: Scenario = {
  async run(stage) {
    await installDeisctl(stage, 'deis-1');
    await beforeInstall(stage);
    await install(stage);
    const here = await start(stage);
    for (const number of [2, 3, 4, 5]) await installDeisctl(stage, `deis-${number}`);
    await inspect(stage, here);
    await scale(stage);
    await one(stage);
    await failing(stage);
    await end(stage);
  },
};
