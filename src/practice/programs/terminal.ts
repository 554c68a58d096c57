import type { ProgramContext } from './program';
import { program, refuse } from './program';

function tty(context: ProgramContext): number {
  context.stdout(context.isTerminal ? '/dev/pts/0\n' : 'not a tty\n');
  return context.isTerminal ? 0 : 1;
}

function stty(context: ProgramContext): number {
  const terminal = context.session?.terminal;
  if (terminal === undefined) {
    return refuse(context, "stty: 'standard input': Inappropriate ioctl for device");
  }
  if (context.args[0] === 'size') {
    context.stdout(`${terminal.rows} ${terminal.columns}\n`);
  } else if (context.args.length === 0 || context.args[0] === '-a') {
    context.stdout(`speed 38400 baud; rows ${terminal.rows}; columns ${terminal.columns}; line = 0;\n`);
  }
  return 0;
}

function tput(context: ProgramContext): number {
  const terminal = context.session?.terminal;
  const values: Readonly<Record<string, string>> = {
    cols: `${terminal?.columns ?? 80}\n`,
    lines: `${terminal?.rows ?? 24}\n`,
    clear: '\x1b[H\x1b[2J',
    sgr0: '\x1b(B\x1b[m',
    bold: '\x1b[1m',
    colors: '256\n',
    reset: '\x1bc',
  };
  context.stdout(values[context.args[0] ?? ''] ?? '');
  return 0;
}

export const terminalPrograms = [
  program('tty', tty),
  program('stty', stty),
  program('tput', tput),
  program('reset', (context) => {
    context.stdout('\x1bc');
    return 0;
  }),
];
