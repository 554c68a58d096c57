import type { Program, ProgramContext } from '../../programs/program';
import { insideOf } from '../inside';
import { withSuffix } from '../systemd/unitName';
import type { OptionTable, ParsedOptions } from './options';
import { parseOptions } from './options';

const TABLE: OptionTable = {
  stopsAtWord: true,
  flags: {
    '-r': 'remain',
    '--remain-after-exit': 'remain',
    '-G': 'collect',
    '--collect': 'collect',
    '-q': 'quiet',
    '--quiet': 'quiet',
    '--no-block': 'no-block',
    '--no-ask-password': 'no-ask-password',
    '--system': 'system',
    '--wait': 'wait',
    '-P': 'pipe',
    '--pipe': 'pipe',
    '--same-dir': 'same-dir',
    '-d': 'same-dir',
  },
  values: {
    '--unit': 'unit',
    '-u': 'unit',
    '--setenv': 'setenv',
    '-E': 'setenv',
    '-p': 'property',
    '--property': 'property',
    '--description': 'description',
    '--service-type': 'type',
    '--uid': 'uid',
    '--gid': 'gid',
    '--slice': 'slice',
    '--working-directory': 'working-directory',
  },
};

/** Long work as a transient unit of its own, detached from the session that asks (facts/observed.md 42). */
export const systemdRun: Program = {
  name: 'systemd-run',
  directory: '/usr/bin',
  async run(context) {
    const options = parseOptions(context.args, TABLE);
    if (options.unknown !== undefined) {
      context.stderr(`systemd-run: unrecognized option '${options.unknown}'\n`);
      return 1;
    }
    if (options.words.length === 0) {
      context.stderr('Command line to execute required.\n');
      return 1;
    }
    const path = findExecutable(context, options.words[0] ?? '');
    if (path === undefined) {
      context.stderr(`Failed to find executable ${options.words[0] ?? ''}: No such file or directory\n`);
      return 1;
    }
    if (context.user !== 'root') {
      context.stderr('Failed to start transient service unit: Interactive authentication required.\n');
      return 1;
    }
    return await start(context, options, [path, ...options.words.slice(1)]);
  },
};

async function start(context: ProgramContext, options: ParsedOptions, command: readonly string[]): Promise<number> {
  const { manager, kernel } = insideOf(context.host);
  const name = withSuffix(options.values.get('unit')?.at(-1) ?? `run-r${kernel.random.hex(32)}`);
  const text = unitText(context, options, command);
  if (!manager.addTransient(name, text, options.flags.has('collect'))) {
    context.stderr(`Failed to start transient service unit: Unit ${name} already exists.\n`);
    return 1;
  }
  const job = manager.startJob(name);
  const wait = options.flags.has('wait') ? untilEnded(context, name) : undefined;
  const result = options.flags.has('no-block') ? 'done' : await job;
  if (result !== 'done') {
    context.stderr(
      `Job for ${name} failed because the control process exited with error code.\nSee "systemctl status ${name}" and "journalctl -xeu ${name}" for details.\n`,
    );
    return 1;
  }
  if (!options.flags.has('quiet')) {
    context.stderr(`Running as unit: ${name}\n`);
  }
  return wait === undefined ? 0 : await wait;
}

function untilEnded(context: ProgramContext, name: string): Promise<number> {
  const { manager } = insideOf(context.host);
  return new Promise((resolve) => {
    const cancel = manager.onChange((status) => {
      if (status.name === name && (status.active === 'inactive' || status.active === 'failed')) {
        cancel();
        resolve(status.mainExitStatus);
      }
    });
    context.signal.addEventListener('abort', () => {
      cancel();
      resolve(130);
    });
  });
}

function unitText(context: ProgramContext, options: ParsedOptions, command: readonly string[]): string {
  const values = (name: string): readonly string[] => options.values.get(name) ?? [];
  const words = command.map(quoteWord).join(' ');
  const environment = values('setenv').map((assignment) => {
    // A name alone takes the caller's own value.
    const whole = assignment.includes('=') ? assignment : `${assignment}=${context.environment[assignment] ?? ''}`;
    return `Environment=${quoteWord(whole)}`;
  });
  const directory =
    options.values.get('working-directory')?.at(-1) ??
    (options.flags.has('same-dir') ? context.workingDirectory : undefined);
  const isUnitSetting = (setting: string): boolean =>
    /^(?:Description|After|Before|Wants|Requires|Conflicts|BindsTo|PartOf)=/.test(setting);
  const settings = values('property');
  return [
    '# This is a transient unit file, created programmatically via the systemd API. Do not edit.',
    '[Unit]',
    `Description=${options.values.get('description')?.at(-1) ?? command.join(' ')}`,
    ...settings.filter(isUnitSetting),
    '',
    '[Service]',
    ...values('type').map((type) => `Type=${type}`),
    ...(options.flags.has('remain') ? ['RemainAfterExit=yes'] : []),
    ...values('uid').map((user) => `User=${user}`),
    ...(directory === undefined ? [] : [`WorkingDirectory=${directory}`]),
    ...settings.filter((setting) => !isUnitSetting(setting)),
    ...environment,
    `ExecStart=${words}`,
    '',
  ].join('\n');
}

/** So that the unit file gives back the very word: quotes, `%` and `$` doubled. */
const quoteWord = (word: string): string =>
  `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$').replaceAll('\n', '\\n')}"`;

function findExecutable(context: ProgramContext, name: string): string | undefined {
  const { tree } = insideOf(context.host);
  const candidates = name.startsWith('/')
    ? [name]
    : (context.environment['PATH'] ?? '/usr/sbin:/usr/bin:/opt/bin').split(':').map((folder) => `${folder}/${name}`);
  return candidates.find((path) => {
    const node = tree.find(path);
    return node?.kind === 'file' && (node.mode & 0o111) !== 0;
  });
}
