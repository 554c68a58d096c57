import type { CustomCommand, ResolvedCommandContext } from 'just-bash';
import { defineCommand } from 'just-bash';
import { countCommands } from './countTools';
import { parseOptions } from '../host/programs/options';
import { diffCommand } from './diff';
import type { FileFacts } from './fileTools';
import { fileCommands } from './fileTools';
import { grepCommands } from './grep';
import { headCommands } from './headTool';

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
    defineCommand('cut', cutFields),
    defineCommand('sed', editInPlace),
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

/** `--output-delimiter`, which the library's cut lacks. */
async function cutFields(given: string[], context: ResolvedCommandContext): Promise<Result> {
  const { values } = parseOptions(given, {
    flags: { '-s': 'only', '--complement': 'complement' },
    values: { '-d': 'by', '--delimiter': 'by', '-f': 'fields', '-c': 'characters', '--output-delimiter': 'between' },
  });
  const between = values.get('between')?.at(-1);
  const kept = given.filter(
    (arg, index) => !arg.startsWith('--output-delimiter') && given[index - 1] !== '--output-delimiter',
  );
  const { stdout, stderr, exitCode } = (await context.origCommand?.(kept)) ?? NOT_THERE;
  const by = values.get('by')?.at(-1) ?? '\t';
  return { stdout: between === undefined ? stdout : stdout.replaceAll(by, between), stderr, exitCode };
}

/** `-i.bak`: the file as it was is kept beside. */
async function editInPlace(given: string[], context: ResolvedCommandContext): Promise<Result> {
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

const NOT_THERE: Result = { stdout: '', stderr: '', exitCode: 127 };
