import type { Program, ProgramContext } from '../program';
import { environmentFor } from '../../shell/environment';
import { quoteAll } from '../../shell/quote';
import { start } from '../start';

interface Request {
  readonly user: 'core' | 'root';
  readonly keepsEnvironment: boolean;
  readonly isShell: boolean;
  readonly isLogin: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly unknownUser?: string;
}

const WITH_VALUE = /^-[ugphCTr]$/;

function parse(args: readonly string[]): Request {
  const given = { user: 'root', keeps: false, shell: false, login: false };
  const environment: Record<string, string> = {};
  let index = 0;
  for (; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(arg);
    if (arg === '--') {
      index += 1;
      break;
    }
    if (assignment?.[1] !== undefined) {
      environment[assignment[1]] = assignment[2] ?? '';
    } else if (WITH_VALUE.test(arg)) {
      given.user = arg === '-u' ? (args[index + 1] ?? '') : given.user;
      index += 1;
    } else if (arg.startsWith('-')) {
      given.keeps ||= /^-\w*E|^--preserve-env/.test(arg);
      given.shell ||= /^-\w*s|^--shell/.test(arg);
      given.login ||= /^-\w*i|^--login/.test(arg);
      given.user = /^(?:-u|--user=)(.+)$/.exec(arg)?.[1] ?? given.user;
    } else {
      break;
    }
  }
  const known = given.user === 'core' || given.user === 'root';
  return {
    user: given.user === 'core' ? 'core' : 'root',
    keepsEnvironment: given.keeps,
    isShell: given.shell,
    isLogin: given.login,
    environment,
    command: args.slice(index),
    ...(known ? {} : { unknownUser: given.user }),
  };
}

/** Core may do everything without a password (CoreOS' sudoers). */
async function run(context: ProgramContext): Promise<number> {
  const request = parse(context.args);
  if (request.unknownUser !== undefined) {
    context.stderr(`sudo: unknown user: ${request.unknownUser}\nsudo: unable to initialize policy plugin\n`);
    return 1;
  }
  if (/^-(?:v|k|K|n)$/.test(context.args.join(' '))) {
    return 0;
  }
  if (context.args[0] === '-l') {
    context.stdout(`User core may run the following commands on ${context.host.name}:\n    (ALL) NOPASSWD: ALL\n`);
    return 0;
  }
  if (request.command.length === 0 && !request.isShell && !request.isLogin) {
    context.stderr(USAGE);
    return 1;
  }
  const options = { user: request.user, environment: environmentOf(context, request) };
  const [name = ''] = request.command;
  if ((request.isShell || request.isLogin) && request.command.length === 0 && context.isTerminal) {
    const home = request.isLogin ? { workingDirectory: homeOf(request.user) } : {};
    return await start(context, ['bash'], { ...options, ...home });
  }
  if (request.isShell || request.isLogin) {
    const script = request.command.length === 0 ? await scriptFromInput(context) : quoteAll(request.command);
    return await start(context, script, {
      ...options,
      ...(request.isLogin ? { workingDirectory: homeOf(request.user) } : {}),
    });
  }
  const found = await context.run(`command -v -- ${quoteAll([name])}`, options);
  if (found.exitCode !== 0) {
    context.stderr(`sudo: ${name}: command not found\n`);
    return 1;
  }
  if (BUILTINS.has(name)) {
    // sudo starts programs; what only a shell knows is none.
    context.stderr(`sudo: ${name}: command not found\n`);
    return 1;
  }
  return await start(context, request.command, options);
}

const BUILTINS = new Set([
  'cd',
  'export',
  'source',
  'alias',
  'set',
  'unset',
  'exit',
  'trap',
  'ulimit',
  'umask',
  'jobs',
  'wait',
  'eval',
  'exec',
  'type',
]);

async function scriptFromInput(context: ProgramContext): Promise<string> {
  return context.stdin === '' ? ((await context.session?.readStdin()) ?? '') : context.stdin;
}

const homeOf = (user: string): string => (user === 'root' ? '/root' : '/home/core');

function environmentOf(context: ProgramContext, request: Request): Record<string, string> {
  const own = environmentFor(request.user);
  const { PATH = own['PATH'] ?? '', TERM, LANG, COLUMNS, LINES, PWD } = context.environment;
  const kept = request.keepsEnvironment ? context.environment : {};
  const passed = Object.fromEntries(
    Object.entries({ TERM, LANG, COLUMNS, LINES, PWD }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  return {
    ...kept,
    ...own,
    ...passed,
    PATH,
    SUDO_USER: context.user,
    SUDO_UID: context.user === 'core' ? '500' : '0',
    SUDO_GID: context.user === 'core' ? '500' : '0',
    SUDO_COMMAND: request.command.join(' '),
    ...request.environment,
  };
}

const USAGE = `usage: sudo -h | -K | -k | -V
usage: sudo -v [-AknS] [-g group] [-h host] [-p prompt] [-u user]
usage: sudo -l [-AknS] [-g group] [-h host] [-p prompt] [-U user] [-u user] [command]
usage: sudo [-AbEHknPS] [-C num] [-g group] [-h host] [-p prompt] [-u user] [VAR=value] [-i|-s] [<command>]
usage: sudo -e [-AknS] [-C num] [-g group] [-h host] [-p prompt] [-u user] file ...
`;

export const sudo: Program = { name: 'sudo', directory: '/usr/bin', run };
