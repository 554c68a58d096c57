import type { ProgramContext } from '../program';
import { program } from '../program';
import { wallClock } from '../time/wallClock';

export function uptimeText(context: Pick<ProgramContext, 'host' | 'timeline'>): string {
  const now = context.timeline.now();
  const seconds = Math.floor((now - context.host.bootedAt) / 1000);
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const long = days > 0 ? `${days} day${days === 1 ? '' : 's'}, ` : '';
  const short = hours > 0 ? `${String(hours).padStart(2)}:${String(minutes).padStart(2, '0')}` : `${minutes} min`;
  const load = context.host.resources.loadAverage.map((value) => value.toFixed(2)).join(', ');
  return `${new Date(wallClock(context)).toISOString().slice(11, 19)} up ${long}${short},  1 user,  load average: ${load}`;
}

function uptime(context: ProgramContext): number {
  if (context.args.includes('-p') || context.args.includes('--pretty')) {
    const minutes = Math.floor((context.timeline.now() - context.host.bootedAt) / 60_000);
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
    const parts = (
      [
        [days, 'day'],
        [hours, 'hour'],
        [rest, 'minute'],
      ] as const
    )
      .filter(([count]) => count > 0)
      .map(([count, name]) => `${count} ${name}${count === 1 ? '' : 's'}`);
    context.stdout(`up ${parts.length === 0 ? '0 minutes' : parts.join(', ')}\n`);
  } else if (context.args.includes('-s') || context.args.includes('--since')) {
    context.stdout(`${new Date(context.host.bootedAt).toISOString().replace('T', ' ').slice(0, 19)}\n`);
  } else {
    context.stdout(` ${uptimeText(context)}\n`);
  }
  return 0;
}

export const uptimePrograms = [program('uptime', uptime)];
