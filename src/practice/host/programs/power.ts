import type { Program, ProgramContext } from '../../programs/program';

type Kind = 'reboot' | 'poweroff';

function ask(context: ProgramContext, kind: Kind): number {
  if (context.user !== 'root') {
    const verb = kind === 'reboot' ? 'reboot' : 'power off';
    context.stderr(
      `Failed to set wall message, ignoring: Interactive authentication required.\nFailed to ${verb} system via logind: Interactive authentication required.\n`,
    );
    return 1;
  }
  context.host.requestPower(kind);
  return 0;
}

const program = (name: string, kind: Kind): Program => ({
  name,
  directory: '/usr/sbin',
  run: (context) => Promise.resolve(ask(context, kind)),
});

/** `shutdown [-r|-h|-P] [now|+m]`: without `now` it says when, and it can be cancelled with `-c`. */
const shutdown: Program = {
  name: 'shutdown',
  directory: '/usr/sbin',
  run(context) {
    const { args } = context;
    if (args.includes('-c')) {
      return Promise.resolve(0);
    }
    const kind = args.includes('-r') || args.includes('--reboot') ? 'reboot' : 'poweroff';
    const when = args.find((arg) => !arg.startsWith('-')) ?? '+1';
    const minutes = /^\+?(\d+)$/.exec(when)?.[1];
    if (when === 'now' || minutes === '0') {
      return Promise.resolve(ask(context, kind));
    }
    if (minutes === undefined) {
      context.stderr(`Failed to parse time specification: ${when}\n`);
      return Promise.resolve(1);
    }
    if (context.user !== 'root') {
      return Promise.resolve(ask(context, kind));
    }
    const { host, timeline } = context;
    const cancel = timeline.every(Number(minutes) * 60_000, () => {
      cancel();
      host.requestPower(kind);
    });
    host.power.addEventListener('abort', () => cancel(), { once: true });
    const at = new Date(timeline.now() + Number(minutes) * 60_000).toISOString();
    const word = kind === 'reboot' ? 'Reboot' : 'Shutdown';
    context.stderr(`${word} scheduled for ${at.slice(0, 10)} ${at.slice(11, 19)} UTC, use 'shutdown -c' to cancel.\n`);
    return Promise.resolve(0);
  },
};

export const powerPrograms: readonly Program[] = [
  program('reboot', 'reboot'),
  program('poweroff', 'poweroff'),
  program('halt', 'poweroff'),
  shutdown,
];
