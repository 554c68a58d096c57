import type { ProgramContext } from '../program';
import { insideOf } from '../../host/inside';
import { program, refuse } from '../program';
import { wallClock } from '../time/wallClock';

const GROUPS = {
  core: '500(core),10(wheel),233(docker),248(systemd-journal),250(portage),252(rkt),253(fleet)',
  root: '0(root)',
};

function id(context: ProgramContext): number {
  const [option = '', ...rest] = context.args;
  const named = option.startsWith('-') ? rest[0] : context.args[0];
  const user = named ?? context.user;
  if (user !== 'core' && user !== 'root') {
    return refuse(context, `id: ‘${user}’: no such user`);
  }
  const number = user === 'core' ? '500' : '0';
  const lines: Readonly<Record<string, string>> = {
    '-u': number,
    '-g': number,
    '-un': user,
    '-nu': user,
    '-gn': user,
    '-ng': user,
    '-G': GROUPS[user].replaceAll(/\([^)]*\)/g, '').replaceAll(',', ' '),
    '-Gn': GROUPS[user].replaceAll(/\d+\(([^)]*)\)/g, '$1').replaceAll(',', ' '),
  };
  const name = `${number}(${user})`;
  context.stdout(`${lines[option] ?? `uid=${name} gid=${name} groups=${GROUPS[user]}`}\n`);
  return 0;
}

function groups(context: ProgramContext): number {
  const [named] = context.args;
  if (named !== undefined && named !== 'root' && named !== 'core') {
    context.stderr(`groups: '${named}': no such user\n`);
    return 1;
  }
  context.stdout(
    `${named === undefined ? '' : `${named} : `}${GROUPS[named ?? context.user].replaceAll(/\d+\(([^)]*)\)/g, '$1').replaceAll(',', ' ')}\n`,
  );
  return 0;
}

const nameOf = (context: ProgramContext): string => insideOf(context.host).hostname();

async function hostname(context: ProgramContext): Promise<number> {
  const [option] = context.args;
  if (option !== undefined && !option.startsWith('-')) {
    return await setHostName(context, 'hostname', option);
  }
  const { privateAddress, publicAddress } = context.host;
  const lines: Readonly<Record<string, string>> = {
    '-I': `${publicAddress} ${privateAddress} 172.17.0.1 `,
    '-i': privateAddress,
    '-s': nameOf(context).replace(/\..*/, ''),
    '-d': '',
  };
  context.stdout(`${lines[option ?? ''] ?? nameOf(context)}\n`);
  return 0;
}

async function setHostName(context: ProgramContext, by: string, name: string): Promise<number> {
  if (context.user !== 'root') {
    return refuse(
      context,
      by === 'hostname'
        ? 'hostname: you must be root to change the host name'
        : 'Could not set property: Interactive authentication required.',
    );
  }
  await context.host.files.writeFile('/etc/hostname', `${name}\n`);
  return 0;
}

async function hostnamectl(context: ProgramContext): Promise<number> {
  const [verb = 'status', name = ''] = context.args;
  if (verb === 'set-hostname') {
    return await setHostName(context, 'hostnamectl', name);
  }
  const release = await context.host.files.readFile('/etc/os-release');
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? 'Linux';
  const rows = [
    ['Static hostname', nameOf(context)],
    ['Icon name', 'computer-vm'],
    ['Chassis', 'vm'],
    ['Machine ID', context.host.machineId],
    ['Boot ID', context.host.bootId],
    ['Virtualization', 'kvm'],
    ['Operating System', system],
    ['Kernel', `Linux ${KERNEL}`],
    ['Architecture', 'x86-64'],
  ];
  context.stdout(rows.map(([label = '', value = '']) => `${label.padStart(16)}: ${value}\n`).join(''));
  return 0;
}

const KERNEL = '4.5.7-coreos';

function uname(context: ProgramContext): number {
  const all: Readonly<Record<string, string>> = {
    s: 'Linux',
    n: nameOf(context),
    r: KERNEL,
    v: '#2 SMP Thu Jul 14 02:00:01 UTC 2016',
    m: 'x86_64',
    p: 'Intel(R) Xeon(R) CPU E5-2650L v3 @ 1.80GHz',
    i: 'GenuineIntel',
    o: 'GNU/Linux',
  };
  const wanted = context.args.join('').replaceAll('-', '') || 's';
  const letters = wanted.includes('a')
    ? 'snrvmpio'
    : Array.from('snrvmpio')
        .filter((letter) => wanted.includes(letter))
        .join('');
  context.stdout(
    `${Array.from(letters)
      .map((letter) => all[letter] ?? '')
      .join(' ')}\n`,
  );
  return 0;
}

async function nproc(context: ProgramContext): Promise<number> {
  const text = await context.host.files.readFile('/proc/cpuinfo');
  context.stdout(`${text.match(/^processor/gm)?.length ?? 1}\n`);
  return 0;
}

const from = (context: ProgramContext): string => context.environment['SSH_CLIENT']?.split(' ')[0] ?? '-';

function who(context: ProgramContext): number {
  const date = new Date(wallClock(context)).toISOString().replace('T', ' ').slice(0, 16);
  context.stdout(`core     pts/0        ${date} (${from(context)})\n`);
  return 0;
}

async function w(context: ProgramContext): Promise<number> {
  const up = await context.run('uptime');
  const time = new Date(wallClock(context)).toISOString().slice(11, 16);
  context.stdout(
    `${up.stdout}USER     TTY        LOGIN@   IDLE   JCPU   PCPU WHAT\ncore     pts/0     ${time}    0.00s  0.01s  0.00s w\n`,
  );
  return 0;
}

export const identityPrograms = [
  program('id', id),
  program('groups', groups),
  program('whoami', (context) => {
    context.stdout(`${context.user}\n`);
    return 0;
  }),
  program('users', (context) => {
    context.stdout('core\n');
    return 0;
  }),
  program('hostname', hostname),
  program('hostnamectl', hostnamectl),
  program('uname', uname),
  program('nproc', nproc),
  program('who', who),
  program('w', w),
];
