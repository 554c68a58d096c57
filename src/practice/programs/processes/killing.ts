import type { ProcessInfo } from '../../kernel';
import type { ProgramContext } from '../program';
import { parseOptions } from '../../host/programs/options';
import { processesOf } from './processTable';
import { program } from '../program';

function pgrep(context: ProgramContext): number {
  const { flags, words } = parseOptions(context.args, {
    flags: { '-f': 'full', '-l': 'list', '-a': 'all', '-x': 'exact', '-o': 'oldest', '-n': 'newest' },
    values: { '-u': 'user' },
  });
  const [pattern = ''] = words;
  const found = processesOf(context).filter((one) => matches(one, pattern, flags));
  context.stdout(
    found
      .map((one) => `${one.pid}${flags.has('all') ? ` ${one.command}` : flags.has('list') ? ` ${one.name}` : ''}\n`)
      .join(''),
  );
  return found.length > 0 ? 0 : 1;
}

function matches({ name, command }: ProcessInfo, pattern: string, flags: ReadonlySet<string>): boolean {
  const text = flags.has('full') ? command : name;
  return flags.has('exact') ? text === pattern : text.includes(pattern.replace(/^\^|\$$/g, ''));
}

function pidof(context: ProgramContext): number {
  const found = processesOf(context).filter(({ name }) => context.args.includes(name));
  context.stdout(
    found.length > 0
      ? `${found
          .map(({ pid }) => pid)
          .reverse()
          .join(' ')}\n`
      : '',
  );
  return found.length > 0 ? 0 : 1;
}

const SIGNALS = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ ' +
  'VTALRM PROF WINCH IO PWR SYS'
).split(' ');

/** `9` is KILL, and so is 137, the exit code it leaves; `KILL` is 9. */
function signalText(word: string): string {
  const name = word.replace(/^SIG/, '').toUpperCase();
  return SIGNALS.includes(name) ? String(SIGNALS.indexOf(name) + 1) : (SIGNALS[(Number(word) % 128) - 1] ?? word);
}

/** As bash prints it, five in a row. */
const TABLE = SIGNALS.map(
  (name, index) =>
    `${String(index + 1).padStart(2)}) SIG${name}${index % 5 === 4 || index === SIGNALS.length - 1 ? '\n' : '\t'}`,
).join('');

/** Main processes of units end with their unit's stop; what else runs here ends by itself. */
async function kill(context: ProgramContext): Promise<number> {
  const [first = '', ...rest] = context.args;
  if (first === '') {
    context.stderr('kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n');
    return 2;
  }
  if (first === '-l' || first === '-L') {
    context.stdout(rest.length === 0 ? TABLE : rest.map((word) => `${signalText(word)}\n`).join(''));
    return 0;
  }
  const given = first.startsWith('-') ? first.replace(/^-(?:s)?(?:SIG)?/, '') : 'TERM';
  const signalName = SIGNALS[Number(given) - 1] ?? given;
  let code = 0;
  for (const id of first.startsWith('-') ? rest.filter((word) => !SIGNALS.includes(word)) : context.args) {
    if (context.session?.endJob(id, signalName) === true) {
      continue;
    }
    if (!/^%?-?\d+$/.test(id)) {
      context.stderr(`bash: kill: ${id}: arguments must be process or job IDs\n`);
      code = 1;
      continue;
    }
    const found = processesOf(context).find(({ pid }) => String(pid) === id);
    if (found === undefined) {
      context.stderr(`bash: kill: (${id}) - No such process\n`);
      code = 1;
    } else if (context.user !== 'root' && found.user !== context.user) {
      context.stderr(`bash: kill: (${id}) - Operation not permitted\n`);
      code = 1;
    } else if (found.unit !== '' && signalName !== '0') {
      await context.run(`systemctl kill --signal=${signalName} ${found.unit}`, { user: 'root' });
    }
  }
  return code;
}

export const killPrograms = [program('pgrep', pgrep), program('pidof', pidof), program('kill', kill)];
