import type { Program, ProgramContext } from '../../../programs/program';
import { insideOf } from '../../inside';
import type { ParsedOptions } from '../options';
import { parseOptions } from '../options';
import { isActive, isEnabled, isFailed, isSystemRunning } from './ask';
import { control, kill, resetFailed } from './control';
import { disable, enable, mask, unmask } from './files';
import { listJobs, listUnitFiles, listUnits } from './list';
import { systemctlOptions } from './options';
import { cat, show } from './show';
import { status } from './status';
import { systemStatus } from './systemStatus';
import { listTimers } from './timers';

type Verb = (context: ProgramContext, options: ParsedOptions) => number | Promise<number>;

const READING: Readonly<Record<string, Verb>> = {
  status: (context, options) => (options.words.length === 0 ? systemStatus(context) : status(context, options)),
  show,
  cat,
  'is-active': isActive,
  'is-failed': isFailed,
  'is-enabled': isEnabled,
  'is-system-running': isSystemRunning,
  'list-units': listUnits,
  'list-unit-files': listUnitFiles,
  'list-jobs': listJobs,
  'list-timers': listTimers,
  'get-default': (context) => {
    context.stdout('multi-user.target\n');
    return 0;
  },
};

const power =
  (kind: 'reboot' | 'poweroff'): Verb =>
  ({ host }) => {
    host.requestPower(kind);
    return 0;
  };

const CHANGING: Readonly<Record<string, Verb>> = {
  start: (context, options) => control('start', context, options),
  stop: (context, options) => control('stop', context, options),
  restart: (context, options) => control('restart', context, options),
  reload: (context, options) => control('reload', context, options),
  'try-restart': (context, options) => control('try-restart', context, options),
  condrestart: (context, options) => control('try-restart', context, options),
  'reload-or-restart': (context, options) => control('restart', context, options),
  kill,
  'reset-failed': resetFailed,
  enable,
  disable,
  mask,
  unmask,
  'daemon-reload': ({ host }) => {
    insideOf(host).manager.daemonReload();
    return 0;
  },
  'daemon-reexec': () => 0,
  reboot: power('reboot'),
  poweroff: power('poweroff'),
  halt: power('poweroff'),
};

/** Of CoreOS 1010. */
const VERSION =
  'systemd 229\n+PAM +AUDIT +SELINUX +IMA -APPARMOR +SMACK -SYSVINIT +UTMP +LIBCRYPTSETUP +GCRYPT -GNUTLS -ACL +XZ -LZ4 +SECCOMP +BLKID -ELFUTILS +KMOD -IDN\n';

export const systemctl: Program = {
  name: 'systemctl',
  directory: '/usr/bin',
  async run(context) {
    if (context.args.includes('--version')) {
      context.stdout(VERSION);
      return 0;
    }
    const options = parseOptions(context.args, systemctlOptions);
    const [verb = 'list-units', ...words] = options.words;
    if (options.unknown !== undefined) {
      const kind = options.unknown.startsWith('--') ? 'unrecognized option' : 'invalid option --';
      const name = options.unknown.startsWith('--') ? options.unknown : options.unknown.slice(1, 2);
      context.stderr(`systemctl: ${kind} '${name}'\n`);
      return 1;
    }
    const rest = { ...options, words };
    const reading = READING[verb];
    if (reading !== undefined) {
      return await reading(context, rest);
    }
    const changing = CHANGING[verb];
    if (changing === undefined) {
      context.stderr(`Unknown command verb ${verb}.\n`);
      return 1;
    }
    if (context.user !== 'root') {
      context.stderr(`Failed to ${unprivileged(verb, words)}: Interactive authentication required.\n`);
      return 1;
    }
    return await changing(context, rest);
  },
};

/** How systemctl names the thing that polkit refused. */
function unprivileged(verb: string, words: readonly string[]): string {
  if (verb === 'daemon-reload') {
    return 'reload daemon';
  }
  const unit = words[0] ?? '';
  const named = unit.includes('.') || unit === '' ? unit : `${unit}.service`;
  return ['enable', 'disable', 'mask', 'unmask'].includes(verb) ? `${verb} unit` : `${verb} ${named}`.trim();
}
