import type { Host } from '../../kernel';
import { insideOf } from '../../host/inside';

const LASTLOG = '/var/log/lastlog';

/** What sshd and CoreOS' profile say at a login: when the last one was, the message of the day, units that failed. */
export async function greeting(host: Host, environment: Readonly<Record<string, string>>): Promise<string> {
  const client = environment['SSH_CONNECTION']?.split(' ')[0] ?? 'localhost';
  const last = (await host.files.exists(LASTLOG)) ? (await host.files.readFile(LASTLOG)).trim() : '';
  const now = insideOf(host).kernel.timeline.now();
  await host.files.writeFile(LASTLOG, `${now} ${client}\n`);
  const [at, from] = last.split(' ');
  const lastLogin =
    at === undefined || at === ''
      ? ''
      : `Last login: ${lastLoginTime(Number(at))} UTC ${new Date(Number(at)).getUTCFullYear()} from ${from ?? ''} on pts/0\n`;
  const failed = host.systemd.list().filter(({ active }) => active === 'failed');
  const units =
    failed.length === 0 ? '' : `Failed Units: ${failed.length}\n${failed.map(({ name }) => `  ${name}\n`).join('')}`;
  return `${lastLogin}${await messageOfTheDay(host)}${units}`;
}

async function messageOfTheDay(host: Host): Promise<string> {
  if (await host.files.exists('/etc/motd')) {
    return await host.files.readFile('/etc/motd');
  }
  const release = (await host.files.exists('/etc/os-release')) ? await host.files.readFile('/etc/os-release') : '';
  const version = /^VERSION=(.*)$/m.exec(release)?.[1];
  return version === undefined ? '' : `CoreOS stable (${version})\n`;
}

function lastLoginTime(at: number): string {
  const [weekday = '', month = '', day = '', , time = ''] = new Date(at)
    .toUTCString()
    .replace(',', '')
    .replace(/^(\w+) (\d+) (\w+)/, '$1 $3 $2')
    .split(' ');
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time}`;
}
