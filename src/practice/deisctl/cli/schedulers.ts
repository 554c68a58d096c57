import { create, destroy, start, stop } from './backend';
import type { DeisctlCall } from './call';
import { banner } from './output';

type Verb = 'install' | 'start' | 'stop' | 'uninstall';

interface Step {
  readonly title: string;
  readonly targets: readonly string[];
}

interface Words {
  readonly banner: string;
  readonly steps: readonly Step[];
  readonly ending: string;
}

const SWARM = ['swarm-node', 'swarm-manager'];
const MESOS: readonly Step[] = [
  { title: 'Zookeeper...', targets: ['zookeeper'] },
  { title: 'Mesos Master...', targets: ['mesos-master'] },
  { title: 'Mesos Slave...', targets: ['mesos-slave'] },
  { title: 'Marathon Framework...', targets: ['mesos-marathon'] },
];

/** Other schedulers than fleet, which the help does not name; refresh-units has no unit files for them (Deis, deisctl/cmd/swarm.go, mesos.go). */
const SCHEDULERS: Readonly<Record<string, Readonly<Record<Verb, Words>>>> = {
  swarm: {
    install: {
      banner: 'Installing Swarm...',
      steps: [{ title: 'Swarm node and Swarm Manager...', targets: SWARM }],
      ending: 'Done.\n \nPlease run `deisctl start swarm` to start swarm.\n',
    },
    start: {
      banner: 'Starting Swarm...',
      steps: [
        { title: 'swarm nodes...', targets: ['swarm-node'] },
        { title: 'swarm manager...', targets: ['swarm-manager'] },
      ],
      ending:
        'Done.\n \nPlease run `deisctl config controller set schedulerModule=swarm` to use the swarm scheduler.\n',
    },
    stop: {
      ...{ banner: 'Stopping Swarm...', ending: 'Done.\n \n' },
      steps: [{ title: 'swarm nodes and swarm manager', targets: SWARM }],
    },
    uninstall: {
      ...{ banner: 'Destroying Swarm...', ending: 'Done.\n \n' },
      steps: [{ title: 'swarm nodes and swarm manager...', targets: SWARM }],
    },
  },
  mesos: {
    install: {
      ...{ banner: 'Installing Mesos...', steps: MESOS },
      ending: 'Done.\n\nPlease run `deisctl start mesos` to boot up Mesos.\n',
    },
    start: {
      ...{ banner: 'Starting Mesos...', steps: MESOS },
      ending: 'Done.\n\nPlease use `deisctl config controller set schedulerModule=mesos_marathon`\n',
    },
    stop: {
      ...{ banner: 'Stopping Mesos...', steps: MESOS.toReversed() },
      ending: 'Done.\n\nPlease run `deisctl start mesos` to restart Mesos.\n',
    },
    uninstall: { banner: 'Uninstalling Mesos...', steps: MESOS.toReversed(), ending: 'Done.\n' },
  },
};
const WORK = { install: create, start, stop, uninstall: destroy };

export const isScheduler = (name: string): boolean => Object.hasOwn(SCHEDULERS, name);

export async function onScheduler(call: DeisctlCall, verb: Verb, name: string): Promise<void> {
  const words = SCHEDULERS[name]?.[verb];
  call.out(banner(words?.banner ?? ''));
  for (const { title, targets } of words?.steps ?? []) {
    call.out(`${title}\n`);
    await WORK[verb](call, targets);
  }
  call.out(words?.ending ?? '');
}
