import type { Program, ProgramContext } from './program';
import { program } from './program';
import { start } from './start';

/** Programs that run another one in some other way, which makes no difference here: their options, then the command. */
const WRAPPERS: Readonly<Record<string, RegExp>> = {
  nice: /^-(?:n|-adjustment)$/,
  ionice: /^-(?:c|n|p)$/,
  setsid: /^$/,
  stdbuf: /^-[ioe]$/,
  taskset: /^$/,
  chrt: /^$/,
};

async function wrap(context: ProgramContext, name: string, valued: RegExp): Promise<number> {
  const words = [...context.args];
  while (words[0]?.startsWith('-') === true) {
    const [option = ''] = words.splice(0, 1);
    words.splice(0, valued.test(option) ? 1 : 0);
  }
  // A mask of processors, a priority.
  words.splice(0, name === 'taskset' || name === 'chrt' ? 1 : 0);
  if (words.length === 0) {
    context.stdout(name === 'nice' ? '0\n' : '');
    return 0;
  }
  return await start(context, words);
}

/** Lines in another order. */
async function shuf(context: ProgramContext): Promise<number> {
  const count = /-n ?(\d+)/.exec(context.args.join(' '))?.[1];
  const [file] = context.args.filter((arg, index) => !arg.startsWith('-') && context.args[index - 1] !== '-n');
  const echoed = context.args.indexOf('-e');
  const text =
    echoed !== -1
      ? context.args.slice(echoed + 1).join('\n')
      : file === undefined
        ? context.stdin || ((await context.session?.readStdin()) ?? '')
        : await context.host.files.readFile(context.host.files.resolvePath(context.workingDirectory, file));
  const lines = text.replace(/\n$/, '').split('\n');
  const keyed = lines.map((line, index) => ({ line, key: (index * 7919 + context.timeline.now()) % 104_729 }));
  const order = keyed.sort((a, b) => a.key - b.key).slice(0, count === undefined ? undefined : Number(count));
  context.stdout(order.map(({ line }) => `${line}\n`).join(''));
  return 0;
}

export const wrapperPrograms: readonly Program[] = [
  ...Object.entries(WRAPPERS).map(([name, valued]) => program(name, (context) => wrap(context, name, valued))),
  program('shuf', shuf),
];
