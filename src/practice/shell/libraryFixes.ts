import type { CustomCommand, ResolvedCommandContext } from 'just-bash';
import { defineCommand } from 'just-bash';
import { countCommands } from './tools/countTools';
import { parseOptions } from '../host/programs/options';
import { cut } from './tools/cut';
import { diffCommand } from './tools/diff';
import type { FileFacts } from './tools/fileTools';
import { fileCommands } from './tools/fileTools';
import { grepCommands } from './tools/grep';
import { headCommands } from './tools/headTool';
import { toJavaScript } from './tools/posixRegex';
import { quoteAll } from './quote';
import { sedScript } from './sedScript';
import { tee } from './tools/tee';

type Result = Awaited<ReturnType<CommandRun>>;
type CommandRun = NonNullable<ResolvedCommandContext['origCommand']>;

/** Spellings and outputs in which the library's tools differ from the node's. */
export function libraryFixes(facts: FileFacts): CustomCommand[] {
  return [
    fixed('awk', (args) => withSeparators(detach(args, /^-([vFf])(.+)$/s))),
    fixed('xargs', (args) =>
      detach(
        args.filter((arg) => !/^-(?:P\d+|t|x)$/.test(arg)),
        /^-([nILsd])(.+)$/s,
      ),
    ),
    diffCommand(),
    fixed('paste', pasteArguments),
    ...grepCommands(),
    ...countCommands(),
    ...headCommands(),
    ...fileCommands(facts),
    defineCommand('cut', cut),
    defineCommand('sed', sed),
    defineCommand('tee', tee),
    defineCommand('mkdir', makeDirectory),
    defineCommand('rm', removeEmpty),
    defineCommand('seq', sequence),
    defineCommand('expr', expression),
    fixed('cp', (args) => args.map((arg) => arg.replace(/^(-\w*)a/, '$1rp').replace('--archive', '-rp'))),
  ];
}

function fixed(
  name: string,
  args: (given: string[]) => string[],
  after: (result: Result) => Result = (result) => result,
): CustomCommand {
  return defineCommand(name, async (given, context) => {
    if (context.origCommand === undefined) {
      return { stdout: '', stderr: `bash: ${name}: command not found\n`, exitCode: 127 };
    }
    return after(await context.origCommand(args(given)));
  });
}

/** `-vORS=,` is `-v ORS=,`. Only options before the first other word. */
function detach(args: readonly string[], attached: RegExp): string[] {
  const result: string[] = [];
  let index = 0;
  for (; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (!arg.startsWith('-') || arg === '-' || arg === '--') {
      break;
    }
    const match = attached.exec(arg);
    if (match?.[1] !== undefined && match[2] !== undefined) {
      result.push(`-${match[1]}`, match[2]);
      continue;
    }
    result.push(arg);
    if (attached.test(`${arg}x`)) {
      index += 1;
      result.push(args[index] ?? '');
    }
  }
  return [...result, ...args.slice(index)];
}

/** `-sd+` in one word; standard input when no file is named. */
function pasteArguments(given: readonly string[]): string[] {
  const apart = given.flatMap((arg) => (/^-sd./.test(arg) ? ['-s', `-${arg.slice(2)}`] : [arg]));
  const args = detach(apart, /^-(d)(.+)$/s);
  const files = args.filter((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-d');
  return files.length === 0 && !args.includes('-') ? [...args, '-'] : args;
}

/** The library forgets `-v ORS=…` and its like; the program's own BEGIN is obeyed. */
function withSeparators(args: readonly string[]): string[] {
  const [kept, settings]: [string[], string[]] = [[], []];
  let index = 0;
  for (; index < args.length && args[index]?.startsWith('-') === true; index += 1) {
    const [option = '', value = ''] = [args[index], args[index + 1]];
    const separator = option === '-v' ? /^(ORS|OFS|RS|SUBSEP|OFMT|CONVFMT)=(.*)$/s.exec(value) : null;
    if (separator !== null) {
      settings.push(`${separator[1] ?? ''}="${(separator[2] ?? '').replaceAll('"', '\\"')}"`);
      index += 1;
    } else if (/^-[vFf]$/.test(option)) {
      kept.push(option, value);
      index += 1;
    } else {
      kept.push(option);
    }
  }
  const [program, ...files] = args.slice(index);
  if (settings.length === 0 || program === undefined) {
    return [...args];
  }
  return [...kept, `BEGIN { ${settings.join('; ')} } ${program}`, ...files];
}

/** `-i.bak`: the file as it was is kept beside. */
async function sed(args: string[], context: ResolvedCommandContext): Promise<Result> {
  if (args.includes('--version')) {
    return { stdout: 'sed (GNU sed) 4.2.2\n', stderr: '', exitCode: 0 };
  }
  const given = withScripts(args);
  const { fs, cwd } = context;
  const option = given.find((arg) => /^(?:-i|--in-place=)./.test(arg));
  const suffix = option?.replace(/^(?:-i|--in-place=)/, '') ?? '';
  if (option !== undefined && !option.includes('/')) {
    const isScript = given.some((arg) => /^(?:-e|-f|--expression|--file)/.test(arg));
    const words = given.filter((arg) => !arg.startsWith('-')).slice(isScript ? 0 : 1);
    for (const path of words.map((word) => fs.resolvePath(cwd, word))) {
      if (await fs.exists(path)) {
        await fs.cp(path, `${path}${suffix}`);
      }
    }
    return (await context.origCommand?.(given.map((arg) => (arg === option ? '-i' : arg)))) ?? NOT_THERE;
  }
  return (await context.origCommand?.(given)) ?? NOT_THERE;
}

/** The scripts among the words: after `-e`, or the first word when there is none. */
function withScripts(args: readonly string[]): string[] {
  const hasOption = args.some((arg) => /^(?:-\w*[ef]$|--expression|--file|-[ef].)/.test(arg));
  let isFirst = !hasOption;
  return args.map((arg, index) => {
    const before = args[index - 1] ?? '';
    if (/^-\w*e$|^--expression$/.test(before)) {
      return sedScript(arg);
    }
    if (arg.startsWith('--expression=')) {
      return `--expression=${sedScript(arg.slice('--expression='.length))}`;
    }
    if (isFirst && !/^-./.test(arg) && !/^-\w*[lf]$/.test(before)) {
      isFirst = false;
      return sedScript(arg);
    }
    return arg;
  });
}

const NOT_THERE: Result = { stdout: '', stderr: '', exitCode: 127 };

/** `-m MODE`, which the library lacks. */
async function makeDirectory(given: string[], context: ResolvedCommandContext): Promise<Result> {
  const { values, words } = parseOptions(given, {
    flags: { '-p': 'parents', '--parents': 'parents', '-v': 'verbose', '--verbose': 'verbose' },
    values: { '-m': 'mode', '--mode': 'mode' },
  });
  const mode = values.get('mode')?.at(-1);
  const rest = given.filter(
    (arg, index) => !/^(?:-m.*|--mode.*)$/.test(arg) && !/^(?:-m|--mode)$/.test(given[index - 1] ?? ''),
  );
  const made = (await context.origCommand?.(rest.map((arg) => arg.replace(/^-(\w*)m(\w*)$/, '-$1$2')))) ?? NOT_THERE;
  if (mode !== undefined && made.exitCode === 0) {
    await context.exec?.(quoteAll(['chmod', mode, '--', ...words]), { cwd: context.cwd });
  }
  return made;
}

/** `-d`: empty folders too. */
async function removeEmpty(given: string[], context: ResolvedCommandContext): Promise<Result> {
  const run = async (args: string[]): Promise<Result> => (await context.origCommand?.(args)) ?? NOT_THERE;
  if (!given.some((arg) => /^-\w*d\w*$|^--dir$/.test(arg))) {
    return await run(given);
  }
  const rest = given
    .map((arg) => arg.replace(/^-(\w*)d(\w*)$/, '-$1$2'))
    .filter((arg) => arg !== '-' && arg !== '--dir');
  const words = rest.filter((arg) => !arg.startsWith('-'));
  const folders: string[] = [];
  for (const word of words) {
    const path = context.fs.resolvePath(context.cwd, word);
    const isFolder = (await context.fs.exists(path)) && (await context.fs.lstat(path)).isDirectory;
    folders.push(...(isFolder ? [word] : []));
  }
  const others = rest.filter((arg) => !folders.includes(arg));
  const removed =
    folders.length === 0
      ? undefined
      : await context.exec?.(quoteAll(['rmdir', '--', ...folders]), { cwd: context.cwd });
  const rm = others.some((arg) => !arg.startsWith('-')) ? await run(others) : undefined;
  return {
    stdout: `${removed?.stdout ?? ''}${rm?.stdout ?? ''}`,
    stderr: `${(removed?.stderr ?? '').replaceAll('rmdir: failed to remove', 'rm: cannot remove')}${rm?.stderr ?? ''}`,
    exitCode: Math.max(removed?.exitCode ?? 0, rm?.exitCode ?? 0),
  };
}

/** `-f FORMAT`: printf does it. */
async function sequence(given: string[], context: ResolvedCommandContext): Promise<Result> {
  const { values } = parseOptions(given, {
    flags: { '-w': 'wide' },
    values: { '-f': 'format', '--format': 'format', '-s': 'between', '--separator': 'between' },
  });
  const format = values.get('format')?.at(-1);
  const run = async (args: string[]): Promise<Result> => (await context.origCommand?.(args)) ?? NOT_THERE;
  if (format === undefined) {
    return await run(given);
  }
  const numbers = given.filter((arg) => /^-?\d*\.?\d+$/.test(arg));
  const { stdout, stderr, exitCode } = await run(numbers);
  const printed = await context.exec?.(
    quoteAll(['printf', `${format}\\n`, ...stdout.split('\n').filter((one) => one !== '')]),
    { cwd: context.cwd },
  );
  const between = values.get('between')?.at(-1);
  const lines = printed?.stdout ?? '';
  return {
    stdout: between === undefined ? lines : `${lines.trimEnd().split('\n').join(between)}\n`,
    stderr,
    exitCode,
  };
}

/** `STRING : REGEX` is a basic expression, anchored at the beginning. */
async function expression(given: string[], context: ResolvedCommandContext): Promise<Result> {
  const [text = '', operator, pattern] = given;
  if (given.length !== 3 || operator !== ':' || pattern === undefined) {
    return (await context.origCommand?.(given)) ?? NOT_THERE;
  }
  const found = new RegExp(`^(?:${toJavaScript(pattern, 'basic')})`).exec(text);
  const value = pattern.includes('\\(') ? (found?.[1] ?? '') : String(found?.[0].length ?? 0);
  return { stdout: `${value}\n`, stderr: '', exitCode: value === '' || value === '0' ? 1 : 0 };
}
