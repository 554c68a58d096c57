import type { CustomCommand, ResolvedCommandContext } from 'just-bash';
import { defineCommand } from 'just-bash';
import { diffCommand } from './diff';

type Result = Awaited<ReturnType<CommandRun>>;
type CommandRun = NonNullable<ResolvedCommandContext['origCommand']>;

/** Spellings and outputs in which the library's tools differ from the node's. */
export function libraryFixes(): CustomCommand[] {
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
    defineCommand('wc', countWords),
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

/** GNU's wc cannot know how long the numbers of a pipe get: it makes its columns seven wide, unless there is but one number. */
async function countWords(given: string[], context: ResolvedCommandContext): Promise<Result> {
  if (context.origCommand === undefined) {
    return { stdout: '', stderr: 'bash: wc: command not found\n', exitCode: 127 };
  }
  const result = await context.origCommand(given);
  const files = given.filter((arg) => arg === '-' || !arg.startsWith('-'));
  const numbers = /^[\d ]+/.exec(result.stdout)?.[0].trim().split(/ +/) ?? [];
  if ((files.length > 0 && !files.includes('-')) || (numbers.length < 2 && files.length < 2)) {
    return result;
  }
  const widen = (line: string): string =>
    line
      .trimStart()
      .split(/ +/)
      .map((word, index) => (index < numbers.length && word !== '' ? word.padStart(7) : word))
      .join(' ');
  return { ...result, stdout: result.stdout.split('\n').map(widen).join('\n') };
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
