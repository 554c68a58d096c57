import type { ProgramContext } from '../program';
import { parseOptions } from '../../host/programs/options';
import { program, refuse } from '../program';

async function dmesg(context: ProgramContext): Promise<number> {
  const { flags, unknown } = parseOptions(context.args, {
    flags: {
      '-T': 'time',
      '--ctime': 'time',
      '-H': 'human',
      '-w': 'follow',
      '--follow': 'follow',
      '-k': 'kernel',
      '-x': 'decode',
      '-t': 'notime',
    },
    values: { '-l': 'level', '-f': 'facility', '-n': 'console' },
  });
  if (unknown !== undefined) {
    return refuse(context, `dmesg: invalid option -- '${unknown.replace(/^-+/, '')}'`);
  }
  const { journal, bootedAt } = context.host;
  const show = ({ at, text }: { at: number; text: string }): void => {
    const seconds = Math.max(0, (at - bootedAt) / 1000)
      .toFixed(6)
      .padStart(12);
    const date = new Date(at).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+).*/, '$1 $3 $2 $5 $4');
    context.stdout(`${flags.has('notime') ? '' : flags.has('time') ? `[${date}] ` : `[${seconds}] `}${text}\n`);
  };
  journal
    .read()
    .filter((entry) => entry.identifier === 'kernel' && entry.at >= bootedAt)
    .forEach(show);
  if (flags.has('follow')) {
    const cancel = journal.follow({}, (entry) => {
      if (entry.identifier === 'kernel') {
        show(entry);
      }
    });
    await new Promise<void>((resolve) => {
      context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    cancel();
    return 130;
  }
  return 0;
}

async function logger(context: ProgramContext): Promise<number> {
  const { words, values } = parseOptions(context.args, {
    flags: { '-s': 'stderr', '-i': 'id' },
    values: { '-t': 'tag', '--tag': 'tag', '-p': 'priority', '-u': 'socket' },
  });
  const text = words.length > 0 ? words.join(' ') : context.stdin || ((await context.session?.readStdin()) ?? '');
  for (const line of text.replace(/\n$/, '').split('\n')) {
    context.host.journal.append('', values.get('tag')?.[0] ?? context.user, line);
  }
  return 0;
}

/** Settings beyond those that are files below /proc/sys here. */
const OTHER_SETTINGS: Readonly<Record<string, string>> = {
  'kernel.hostname': '',
  'kernel.osrelease': '4.5.7-coreos',
  'kernel.ostype': 'Linux',
  'fs.file-max': '48560',
  'net.core.somaxconn': '128',
  'vm.overcommit_memory': '0',
  'vm.max_map_count': '65530',
  'kernel.pid_max': '32768',
  'net.ipv4.tcp_syn_retries': '6',
};

async function sysctl(context: ProgramContext): Promise<number> {
  const { flags, words, values } = parseOptions(context.args, {
    flags: {
      '-w': 'write',
      '-n': 'value',
      '--values': 'value',
      '-a': 'all',
      '-q': 'quiet',
      '-e': 'ignore',
      '--system': 'system',
    },
    values: { '-p': 'file' },
  });
  const { files } = context.host;
  let code = 0;
  const lines = values.has('file')
    ? (await files.readFile(values.get('file')?.[0] ?? '/etc/sysctl.conf').catch(() => ''))
        .split('\n')
        .filter((line) => /^\s*[\w.]+\s*=/.test(line))
    : words;
  if (flags.has('all')) {
    const names = [
      'net.ipv4.ip_forward',
      'net.netfilter.nf_conntrack_max',
      'vm.swappiness',
      ...Object.keys(OTHER_SETTINGS),
    ].sort();
    for (const name of names) {
      context.stdout(`${name} = ${await readSetting(context, name)}\n`);
    }
    return 0;
  }
  for (const line of lines) {
    const [name = '', value] = line.split('=').map((part) => part.trim());
    const path = `/proc/sys/${name.replaceAll(/[.]/g, '/')}`;
    const isKnown = (await files.exists(path)) || name in OTHER_SETTINGS;
    if (!isKnown) {
      context.stderr(`sysctl: cannot stat ${path}: No such file or directory\n`);
      code = 255;
    } else if (value === undefined) {
      const shown = await readSetting(context, name);
      context.stdout(flags.has('value') ? `${shown}\n` : `${name} = ${shown}\n`);
    } else if (context.user !== 'root') {
      context.stderr(`sysctl: permission denied on key '${name}'\n`);
      code = 255;
    } else {
      if (await files.exists(path)) {
        await files.writeFile(path, `${value}\n`);
      }
      context.stdout(flags.has('quiet') ? '' : `${name} = ${value}\n`);
    }
  }
  return code;
}

async function readSetting({ host }: ProgramContext, name: string): Promise<string> {
  const path = `/proc/sys/${name.replaceAll('.', '/')}`;
  return (await host.files.exists(path)) ? (await host.files.readFile(path)).trim() : (OTHER_SETTINGS[name] ?? '');
}

/** What the image's kernel has as modules; the rest is built in. */
const MODULES = [
  'br_netfilter',
  'ceph',
  'ip_vs',
  'libceph',
  'nf_conntrack',
  'nf_conntrack_ipv4',
  'nf_nat',
  'overlay',
  'rbd',
  'vxlan',
  'xt_conntrack',
  'ip_tables',
  'iptable_filter',
  'iptable_nat',
  'loop',
];

function modprobe(context: ProgramContext): number {
  const names = context.args.filter((arg) => !arg.startsWith('-') && !arg.includes('='));
  const [unknown] = names.filter((name) => !MODULES.includes(name));
  if (unknown !== undefined) {
    return refuse(context, `modprobe: FATAL: Module ${unknown} not found in directory /lib/modules/4.5.7-coreos`);
  }
  return context.user === 'root'
    ? 0
    : refuse(context, `modprobe: ERROR: could not insert '${names[0] ?? ''}': Operation not permitted`);
}

function lsmod(context: ProgramContext): number {
  context.stdout(
    `Module                  Size  Used by\n${['xt_conntrack', 'iptable_nat', 'nf_conntrack_ipv4', 'nf_nat', 'nf_conntrack', 'overlay'].map((name, index) => `${name.padEnd(20)} ${String(16_384 * (index + 1)).padStart(8)}  ${index}\n`).join('')}`,
  );
  return 0;
}

export const kernelPrograms = [
  program('dmesg', dmesg),
  program('logger', logger),
  program('sysctl', sysctl),
  program('modprobe', modprobe),
  program('lsmod', lsmod),
];
