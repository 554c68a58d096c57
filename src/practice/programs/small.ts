import type { ProgramContext } from './program';
import { resolvePath } from '../host/files/path';
import { insideOf } from '../host/inside';
import { parseOptions } from '../host/programs/options';
import { environmentFor } from '../shell/environment';
import { quoteAll } from '../shell/quote';
import { program, refuse } from './program';
import { start } from './start';

/** `env`, `env NAME=value command`, `env -i command`. */
async function env(context: ProgramContext): Promise<number> {
  const words = [...context.args];
  let environment: Record<string, string> = { ...context.environment };
  for (let word = words[0]; word !== undefined; word = words[0]) {
    const assignment = /^([^=]+)=(.*)$/s.exec(word);
    if (word === '-i' || word === '-' || word === '--ignore-environment') {
      environment = {};
    } else if (word === '-u' || word === '--unset') {
      words.shift();
      Reflect.deleteProperty(environment, words[0] ?? '');
    } else if (assignment?.[1] !== undefined) {
      environment[assignment[1]] = assignment[2] ?? '';
    } else {
      break;
    }
    words.shift();
  }
  if (/^(?:\/usr\/bin\/|\/bin\/)?(?:env|printenv)$/.test(words[0] ?? '') && words.length === 1) {
    words.shift(); // With no shell between them that would add variables of its own.
  }
  if (words.length > 0) {
    return await start(context, words, { environment });
  }
  context.stdout(
    Object.entries(environment)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  return 0;
}

async function which(context: ProgramContext): Promise<number> {
  let code = 0;
  for (const name of context.args.filter((arg) => !arg.startsWith('-'))) {
    const { stdout } = await context.run(`type -P -- ${quoteAll([name])}`, {
      user: context.user,
      environment: context.environment,
    });
    if (stdout === '') {
      context.stderr(`which: no ${name} in (${context.environment['PATH'] ?? ''})\n`);
      code = 1;
    }
    context.stdout(stdout);
  }
  return code;
}

async function nohup(context: ProgramContext): Promise<number> {
  if (context.args.length === 0) {
    context.stderr("nohup: missing operand\nTry 'nohup --help' for more information.\n");
    return 125;
  }
  if (!context.isTerminal) {
    return await start(context, context.args, { isDetached: true });
  }
  context.stderr("nohup: ignoring input and appending output to 'nohup.out'\n");
  return await start(context, `${quoteAll(context.args)} >> nohup.out 2>&1`, { isDetached: true });
}

async function mktemp(context: ProgramContext): Promise<number> {
  const { flags, values, words } = parseOptions(context.args, {
    flags: { '-d': 'directory', '-q': 'quiet', '-t': 'tmp', '-u': 'dry' },
    values: { '-p': 'folder', '--tmpdir': 'folder', '--suffix': 'suffix' },
  });
  const [template = '/tmp/tmp.XXXXXXXXXX'] = words;
  const { kernel } = insideOf(context.host);
  if (!/X{3,}[^/X]*$/.test(template)) {
    return refuse(context, `mktemp: too few X's in template ‘${template}’`);
  }
  const name = template.replace(/X{3,}(?=[^X]*$)/, (run) => kernel.random.hex(run.length));
  const folder = values.get('folder')?.[0] ?? (flags.has('tmp') ? '/tmp' : undefined);
  const shown = folder === undefined ? name : `${folder.replace(/\/$/, '')}/${name}`;
  const path = resolvePath(context.workingDirectory, shown);
  if (!flags.has('dry')) {
    const quoted = quoteAll([path]);
    const script = flags.has('directory')
      ? `mkdir -- ${quoted} && chmod 700 ${quoted}`
      : `: > ${quoted} && chmod 600 ${quoted}`;
    const made = await context.run(script, { user: context.user });
    if (made.exitCode !== 0) {
      return refuse(
        context,
        `mktemp: failed to create file via template ‘${template}’: ${/: ([^:\n]+)\n?$/.exec(made.stderr)?.[1] ?? ''}`,
      );
    }
  }
  context.stdout(`${shown}\n`);
  return 0;
}

function chown(context: ProgramContext): number {
  const { words, flags } = parseOptions(context.args, {
    flags: { '-R': 'recursive', '--recursive': 'recursive', '-h': 'link', '-v': 'verbose', '-f': 'quiet' },
    values: { '--reference': 'reference' },
  });
  const [owner = '', ...paths] = words;
  const name = owner.replace(/[:.].*$/, '');
  const known: Readonly<Record<string, string>> = { '0': 'root', '500': 'core', '232': 'etcd' };
  if (name !== '' && !/^(?:root|core|etcd|fleet|docker|\d+)$/.test(name)) {
    return refuse(context, `chown: invalid user: ‘${owner}’`);
  }
  let code = 0;
  const { tree } = insideOf(context.host);
  for (const word of paths) {
    const path = resolvePath(context.workingDirectory, word);
    const node = tree.find(path);
    const problem =
      node === undefined
        ? `cannot access ‘${word}’: No such file or directory`
        : context.user === 'root'
          ? undefined
          : `changing ownership of ‘${word}’: Operation not permitted`;
    if (problem !== undefined) {
      context.stderr(`chown: ${problem}\n`);
      code = 1;
      continue;
    }
    for (const entry of flags.has('recursive') ? [...tree.walk(path)] : [{ node, path }]) {
      if (name !== '' && entry.node !== undefined) {
        entry.node.owner = known[name] ?? name;
      }
    }
    tree.touched(tree.locate(path, 'chown').path);
  }
  return code;
}

async function install(context: ProgramContext): Promise<number> {
  const { words, flags, values } = parseOptions(context.args, {
    flags: { '-d': 'directory', '-D': 'parents', '-v': 'verbose', '-p': 'preserve' },
    values: { '-m': 'mode', '-o': 'owner', '-g': 'group', '--mode': 'mode', '-t': 'target' },
  });
  const mode = values.get('mode')?.[0] ?? '755';
  const target = words.at(-1) ?? '';
  const script = flags.has('directory')
    ? words.map((word) => `mkdir -p -- ${quoteAll([word])} && chmod ${mode} ${quoteAll([word])}`).join(' && ')
    : `${flags.has('parents') ? `mkdir -p -- "$(dirname ${quoteAll([target])})" && ` : ''}cp -- ${quoteAll(words)} && chmod ${mode} ${quoteAll([target])}`;
  return await start(context, script);
}

async function realpath(context: ProgramContext): Promise<number> {
  let code = 0;
  const isLenient = context.args.some((arg) => /^-\w*m|^--canonicalize-missing$/.test(arg));
  for (const word of context.args.filter((arg) => !arg.startsWith('-'))) {
    if (isLenient) {
      context.stdout(`${resolvePath(context.workingDirectory, word)}\n`);
      continue;
    }
    try {
      context.stdout(`${await context.host.files.realpath(resolvePath(context.workingDirectory, word))}\n`);
    } catch {
      context.stderr(`realpath: ${word}: No such file or directory\n`);
      code = 1;
    }
  }
  return code;
}

async function test(context: ProgramContext, isBracket: boolean): Promise<number> {
  const words = isBracket ? context.args.slice(0, -1) : context.args;
  const { exitCode, stderr } = await context.run(`test ${quoteAll(words)}`, { user: context.user });
  context.stderr(stderr);
  return exitCode;
}

async function su(context: ProgramContext): Promise<number> {
  const command = context.args[context.args.indexOf('-c') + 1];
  const [name = 'root'] = context.args.filter((arg, index) => !arg.startsWith('-') && context.args[index - 1] !== '-c');
  if (context.user !== 'root') {
    context.stdout('Password: ');
    await context.session?.readLine();
    context.stderr('\nsu: Authentication failure\n');
    return 1;
  }
  if (name !== 'root' && name !== 'core') {
    return refuse(context, `su: user ${name} does not exist`);
  }
  const options = { user: name, environment: { ...context.environment, ...environmentFor(name) } } as const;
  return await start(context, context.args.includes('-c') ? (command ?? '') : ['bash'], options);
}

async function yes(context: ProgramContext): Promise<number> {
  const line = `${context.args.length === 0 ? 'y' : context.args.join(' ')}\n`;
  while (!context.signal.aborted) {
    context.stdout(line.repeat(256));
    // As fast as a terminal reads; a pipe takes what it wants at once.
    await context.timeline.sleep(20, context.signal).catch(() => undefined);
  }
  return 141;
}

async function cmp(context: ProgramContext): Promise<number> {
  const [first = '', second = ''] = context.args.filter((arg) => !arg.startsWith('-'));
  const isSilent = context.args.some((arg) => arg === '-s' || arg === '--quiet' || arg === '--silent');
  const read = (word: string): Promise<string | undefined> =>
    word === '-'
      ? Promise.resolve(context.stdin)
      : context.host.files.readFile(resolvePath(context.workingDirectory, word)).catch(() => undefined);
  const [a, b] = await Promise.all([read(first), read(second)]);
  if (a === undefined || b === undefined) {
    context.stderr(`cmp: ${a === undefined ? first : second}: No such file or directory\n`);
    return 2;
  }
  if (a === b) {
    return 0;
  }
  const at = Array.from(a).findIndex((character, index) => character !== b[index]);
  if (!isSilent) {
    context.stdout(
      `${first} ${second} differ: byte ${(at === -1 ? a.length : at) + 1}, line ${a.slice(0, at === -1 ? undefined : at).split('\n').length}\n`,
    );
  }
  return 1;
}

async function remove(context: ProgramContext): Promise<number> {
  const words = context.args.filter((arg) => !arg.startsWith('-'));
  return context.args.some((arg) => /^-\w*u|^--remove/.test(arg)) ? await start(context, ['rm', '--', ...words]) : 0;
}

async function xxd(context: ProgramContext): Promise<number> {
  const [file] = context.args.filter((arg) => !arg.startsWith('-'));
  const bytes =
    file === undefined
      ? Buffer.from(context.stdin)
      : Buffer.from(await context.host.files.readFileBuffer(resolvePath(context.workingDirectory, file)));
  if (context.args.includes('-p')) {
    context.stdout(`${bytes.toString('hex').replaceAll(/.{60}/g, '$&\n').trimEnd()}\n`);
    return 0;
  }
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const hex = (row.toString('hex').match(/.{1,4}/g) ?? []).join(' ');

    context.stdout(
      `${at.toString(16).padStart(8, '0')}: ${hex.padEnd(39)}  ${row.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.')}\n`,
    );
  }
  return 0;
}

export const smallPrograms = [
  program('env', env),
  program('which', which),
  program('nohup', nohup),
  program('mktemp', mktemp),
  program('chown', chown),
  program('chgrp', (context) => (context.user === 'root' ? 0 : refuse(context, 'chgrp: Operation not permitted'))),
  program('install', install),
  program('realpath', realpath),
  program('test', (context) => test(context, false)),
  program('[', (context) => test(context, true)),
  program('su', su),
  program('yes', yes),
  program('cmp', cmp),
  program('shred', remove),
  program('xxd', xxd),
];
