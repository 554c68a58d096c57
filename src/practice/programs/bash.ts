import type { Program, ProgramContext, ProgramSession } from './program';
import { resolvePath } from '../host/files/path';

interface CommandLine {
  readonly script: string | undefined;
  readonly readsStdin: boolean;
  readonly isLogin: boolean;
  readonly settings: string;
  readonly rest: readonly string[];
}

const SETTINGS = /^[-+][abefhkmnptuvxBCEHPT]+$/;

function parse(args: readonly string[]): CommandLine {
  let [script, readsStdin, isLogin, settings]: [string | undefined, boolean, boolean, string] = [
    undefined,
    false,
    false,
    '',
  ];
  let index = 0;
  for (; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (!/^[-+]/.test(arg) || arg === '-' || arg === '--') {
      index += arg === '--' || arg === '-' ? 1 : 0;
      break;
    }
    if (arg === '-o' || arg === '+o' || arg === '-O') {
      settings += `set ${arg} ${args[index + 1] ?? ''}; `;
      index += 1;
      continue;
    }
    const letters = arg.slice(1).replace(/[csli]/g, '');
    isLogin ||= arg === '--login' || (/^-\w*l/.test(arg) && !arg.startsWith('--'));
    readsStdin ||= /^-\w*s/.test(arg);
    settings +=
      !arg.startsWith('--') && letters !== '' && SETTINGS.test(`${arg.charAt(0)}${letters}`)
        ? `set ${arg.charAt(0)}${letters}; `
        : '';
    if (/^-\w*c$/.test(arg)) {
      script = args[index + 1];
      index += 2;
      break;
    }
  }
  return { script, readsStdin, isLogin, settings, rest: args.slice(index) };
}

async function run(context: ProgramContext, name: string): Promise<number> {
  const { session } = context;
  const line = parse(context.args);
  if (context.args.includes('--version')) {
    context.stdout('GNU bash, version 4.3.42(1)-release (x86_64-cros-linux-gnu)\n');
    return 0;
  }
  if (session === undefined) {
    return await withoutSession(context, line);
  }
  const settings = line.isLogin ? `${loginFiles}${line.settings}` : line.settings;
  if (context.args.includes('-c')) {
    if (line.script === undefined) {
      context.stderr(`${name}: -c: option requires an argument\n`);
      return 2;
    }
    const [zero, ...parameters] = line.rest;
    const named = zero === undefined ? {} : { name: zero, isCommandLine: true };
    return await session.start(`${settings}${line.script}`, { parameters, ...named });
  }
  return await runFile(context, session, { name, settings, rest: line.readsStdin ? ['', ...line.rest] : line.rest });
}

/** A login shell reads the profile first; the image's sets nothing that is not in the environment already. */
const loginFiles = 'if [ -f /etc/profile ]; then . /etc/profile; fi; ';

async function runFile(
  context: ProgramContext,
  session: ProgramSession,
  { name, settings, rest: [file = '', ...parameters] }: { name: string; settings: string; rest: readonly string[] },
): Promise<number> {
  if (file === '' && context.stdin === '' && context.isTerminal && session.openShell !== undefined) {
    return await session.openShell();
  }
  if (file === '') {
    const script = context.stdin === '' ? await session.readStdin() : context.stdin;
    return await session.start(`${settings}${script}`, { name, parameters });
  }
  const path = resolvePath(context.workingDirectory, file);
  if (!(await context.host.files.exists(path))) {
    context.stderr(`${name}: ${file}: No such file or directory\n`);
    return 127;
  }
  if ((await context.host.files.stat(path)).isDirectory) {
    context.stderr(`${name}: ${file}: Is a directory\n`);
    return 126;
  }
  return await session.start(`${settings}${await context.host.files.readFile(path)}`, { name: file, parameters });
}

/** Started by something that is no shell (a unit): output comes at the end. */
async function withoutSession(context: ProgramContext, line: CommandLine): Promise<number> {
  const file = line.rest[0];
  const script =
    line.script ??
    (file === undefined
      ? context.stdin
      : await context.host.files.readFile(resolvePath(context.workingDirectory, file)));
  const result = await context.run(script, {
    user: context.user,
    environment: context.environment,
    signal: context.signal,
  });
  context.stdout(result.stdout);
  context.stderr(result.stderr);
  return result.exitCode;
}

export const bash: Program = { name: 'bash', directory: '/usr/bin', run: (context) => run(context, 'bash') };
export const sh: Program = { name: 'sh', directory: '/usr/bin', run: (context) => run(context, 'sh') };
