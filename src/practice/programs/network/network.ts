import { isIPv4 } from 'node:net';
import type { ProgramContext } from '../program';
import { insideOf } from '../../host/inside';
import { reach } from '../../shell/connections';
import { gatewayOf, ipProgram } from './ip';
import { program } from '../program';

interface Socket {
  readonly address: string;
  readonly port: number;
  readonly name: string;
  readonly pid: number;
}

/** sshd is started by its socket unit. */
function socketsOf({ host }: ProgramContext): Socket[] {
  const names: Readonly<Record<number, string>> = {
    22: 'systemd',
    2379: 'etcd2',
    4001: 'etcd2',
    2380: 'etcd2',
    7001: 'etcd2',
    2375: 'systemd',
  };
  return [...new Set([22, ...host.listeningPorts])]
    .sort((a, b) => a - b)
    .map((port) => {
      const name = names[port] ?? (host.listener({ port })?.tunnel === undefined ? 'docker-proxy' : 'sshd');
      const pid = host.processes.find((one) => one.name === name)?.pid ?? 1;
      const isPeer = port === 2380 || port === 7001;
      const isLocal = host.listener({ port })?.isLocal === true;
      return { address: isPeer ? host.privateAddress : isLocal ? '127.0.0.1' : '*', port, name, pid };
    });
}

function ss(context: ProgramContext): number {
  const letters = context.args
    .filter((arg) => arg.startsWith('-'))
    .join('')
    .replaceAll('-', '');
  if (letters.includes('s') && !/[lta]/.test(letters)) {
    context.stdout(
      'Total: 120 (kernel 0)\nTCP:   12 (estab 4, closed 2, orphaned 0, synrecv 0, timewait 0/0), ports 0\n',
    );
    return 0;
  }
  const isBoth = !/[tu]/.test(letters) || (letters.includes('t') && letters.includes('u'));
  const hasProcess = letters.includes('p');
  context.stdout(
    `${isBoth ? 'Netid ' : ''}State      Recv-Q Send-Q Local Address:Port               Peer Address:Port              \n`,
  );
  for (const { address, port, name, pid } of letters.includes('l') || letters.includes('a') ? socketsOf(context) : []) {
    const process = hasProcess && context.user === 'root' ? `users:(("${name}",pid=${pid},fd=3))` : '';
    const local = `${address === '*' ? (port === 22 || port === 2375 ? ':::' : ':::') : `${address}:`}${port}`;
    context.stdout(
      `${isBoth ? 'tcp   ' : ''}LISTEN     0      128    ${local.padStart(port > 9999 ? 15 : 14).padEnd(31)} ${(address === '*' ? ':::*' : '*:*').padEnd(30)} ${process}\n`,
    );
  }
  return 0;
}

function netstat(context: ProgramContext): number {
  const letters = context.args.join('').replaceAll('-', '');
  const hasProcess = letters.includes('p');
  if (letters.includes('r')) {
    context.stdout(
      `Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n0.0.0.0         ${gatewayOf(context).padEnd(15)} 0.0.0.0         UG        0 0          0 eth0\n`,
    );
    return 0;
  }
  context.stdout(
    `Active Internet connections (${letters.includes('l') ? 'only servers' : 'w/o servers'})\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${hasProcess ? ' PID/Program name    ' : ''}\n`,
  );
  for (const { address, port, name, pid } of letters.includes('l') || letters.includes('a') ? socketsOf(context) : []) {
    const local = address === '*' ? `:::${port}` : `${address}:${port}`;
    context.stdout(
      `tcp${address === '*' ? '6' : ' '}       0      0 ${local.padEnd(23)} ${(address === '*' ? ':::*' : '0.0.0.0:*').padEnd(23)} LISTEN     ${hasProcess ? ` ${context.user === 'root' ? `${pid}/${name}` : '-'}`.padEnd(21) : ''}\n`,
    );
  }
  return 0;
}

/** The address a name stands for on this node: /etc/hosts, then the names of the model. */
export async function addressOf(context: ProgramContext, name: string): Promise<string | undefined> {
  if (isIPv4(name)) {
    return name;
  }
  const hosts = await context.host.files.readFile('/etc/hosts').catch(() => '');
  const line = hosts.split('\n').find((row) => row.replace(/#.*/, '').trim().split(/\s+/).slice(1).includes(name));
  if (line !== undefined) {
    return line.trim().split(/\s+/)[0];
  }
  if (name === insideOf(context.host).hostname()) {
    return context.host.publicAddress;
  }
  const dashed = /(\d+)[-.](\d+)[-.](\d+)[-.](\d+)\.(?:sslip|nip|xip)\.io$/.exec(name);
  return dashed === null ? undefined : dashed.slice(1, 5).join('.');
}

async function ping(context: ProgramContext): Promise<number> {
  const words = [...context.args];
  const values = { count: Infinity, interval: 1, deadline: Infinity };
  let target: string | undefined;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [letter, attached] = [/^-([ciWw])/.exec(word)?.[1], word.slice(2)];
    if (letter === undefined) {
      target = word.startsWith('-') ? target : word;
      continue;
    }
    const value = Number(attached === '' ? words.shift() : attached);
    values.count = letter === 'c' ? value : values.count;
    values.interval = letter === 'i' ? value : values.interval;
    values.deadline = letter === 'w' ? value : values.deadline;
  }
  if (target === undefined) {
    context.stderr('Usage: ping [-aAbBdDfhLnOqrRUvV] [-c count] [-i interval] [-w deadline] destination\n');
    return 2;
  }
  const address = await addressOf(context, target);
  if (address === undefined) {
    context.stderr(`ping: unknown host ${target}\n`);
    return 2;
  }
  return await pingLoop(context, { ...values, target, address });
}

interface Pinging {
  readonly count: number;
  readonly interval: number;
  readonly deadline: number;
  readonly target: string;
  readonly address: string;
}

async function pingLoop(
  context: ProgramContext,
  { count, interval, deadline, target, address }: Pinging,
): Promise<number> {
  const { kernel } = insideOf(context.host);
  const started = context.timeline.now();
  let [sent, received] = [0, 0];
  context.stdout(`PING ${target} (${address}) 56(84) bytes of data.\n`);
  while (sent < count && !context.signal.aborted && context.timeline.now() - started < deadline * 1000) {
    sent += 1;
    if (isAlive(context, address)) {
      received += 1;
      context.stdout(
        `64 bytes from ${address}: icmp_seq=${sent} ttl=64 time=${(0.3 + kernel.random.integer(0, 40) / 100).toFixed(3)} ms\n`,
      );
    }
    if (sent < count || received < sent) {
      await context.timeline.sleep(interval * 1000, context.signal).catch(() => undefined);
    }
  }
  const lost = Math.round(((sent - received) / Math.max(1, sent)) * 100);
  context.stdout(
    `\n--- ${target} ping statistics ---\n${sent} packets transmitted, ${received} received, ${lost}% packet loss, time ${context.timeline.now() - started}ms\n${received > 0 ? 'rtt min/avg/max/mdev = 0.312/0.451/0.690/0.094 ms\n' : '\n'}`,
  );
  return received > 0 ? 0 : 1;
}

/** Echo requests reach whatever has power and a way to it. */
function isAlive(context: ProgramContext, address: string): boolean {
  const { kernel } = insideOf(context.host);
  const dropletId = kernel.network.dropletAt(address);
  if (address.startsWith('127.') || dropletId === context.host.dropletId) {
    return true;
  }
  return dropletId !== undefined && reach(context.host, kernel, { address, port: 22 }) !== 'mute';
}

async function lookUp(context: ProgramContext): Promise<number> {
  const [name = ''] = context.args.filter((arg) => !/^[-+@]/.test(arg) && !/^(?:A|AAAA|ANY|IN)$/.test(arg));
  const address = await addressOf(context, name);
  if (address === undefined) {
    context.stdout(`Server:    8.8.8.8\nAddress 1: 8.8.8.8 google-public-dns-a.google.com\n\n`);
    context.stderr(`nslookup: can't resolve '${name}'\n`);
    return 1;
  }
  context.stdout(
    `Server:\t\t8.8.8.8\nAddress:\t8.8.8.8#53\n\nNon-authoritative answer:\nName:\t${name}\nAddress: ${address}\n\n`,
  );
  return 0;
}

async function dig(context: ProgramContext): Promise<number> {
  const [name = '.'] = context.args.filter((arg) => !/^[-+@]/.test(arg) && !/^(?:A|AAAA|ANY|IN)$/.test(arg));
  const address = await addressOf(context, name);
  if (context.args.includes('+short')) {
    context.stdout(address === undefined ? '' : `${address}\n`);
    return 0;
  }
  const status = address === undefined ? 'NXDOMAIN' : 'NOERROR';
  const answer = address === undefined ? '' : `\n;; ANSWER SECTION:\n${name}.\t\t300\tIN\tA\t${address}\n`;
  context.stdout(
    `\n; <<>> DiG 9.10.2 <<>> ${context.args.join(' ')}\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: 1\n\n;; QUESTION SECTION:\n;${name}.\t\t\tIN\tA\n${answer}\n;; Query time: 1 msec\n;; SERVER: 8.8.8.8#53(8.8.8.8)\n\n`,
  );
  return 0;
}

async function getent(context: ProgramContext): Promise<number> {
  const [database = '', key] = context.args;
  if (database === 'hosts' || database === 'ahosts') {
    const address = await addressOf(context, key ?? '');
    if (address === undefined) {
      return 2;
    }
    context.stdout(`${address.padEnd(15)} ${key ?? ''}\n`);
    return 0;
  }
  if (database !== 'passwd' && database !== 'group') {
    context.stderr(`Unknown database: ${database}\n`);
    return 1;
  }
  const rows = (await context.host.files.readFile(`/etc/${database}`)).split('\n').filter((row) => row !== '');
  const found = rows.filter((row) => key === undefined || row.split(':')[0] === key || row.split(':')[2] === key);
  context.stdout(found.map((row) => `${row}\n`).join(''));
  return found.length > 0 ? 0 : 2;
}

export const networkPrograms = [
  ipProgram,
  program('ss', ss),
  program('netstat', netstat),
  program('ping', ping),
  program('nslookup', lookUp),
  program('dig', dig),
  program('getent', getent),
];
