import type { ProgramContext } from '../program';
import { resolvePath } from '../../host/files/path';
import { reasonOf } from '../../shell/tools/toolMessages';
import { userFiles } from '../../shell/userFiles';
import { program } from '../program';
import type { Files } from './editor';
import { Editor } from './editor';
import { Screen } from './screen';

async function vim(context: ProgramContext): Promise<number> {
  const { args, session } = context;
  if (args.includes('--version')) {
    context.stdout('VIM - Vi IMproved 7.4 (2013 Aug 10)\n');
    return 0;
  }
  const word = args.find((arg) => !/^[-+]/.test(arg));
  const path = word === undefined ? undefined : resolvePath(context.workingDirectory, word);
  const terminal = session?.terminal;
  if (terminal === undefined || session === undefined || !context.isTerminal) {
    context.stderr('Vim: Warning: Output is not to a terminal\nVim: Warning: Input is not from a terminal\n');
    return 1;
  }
  const files = filesFor(context);
  const opened = path === undefined ? undefined : await open(context, path, files);
  if (typeof opened === 'number') {
    return opened;
  }
  const editor = new Editor(word, opened?.text ?? '', files);
  editor.message = word === undefined ? '' : `"${word}" ${opened?.words ?? ''}`;
  editor.isReadOnly = args.includes('-R');
  const start = args.find((arg) => /^\+\d*$/.test(arg));
  if (start !== undefined) {
    editor.buffer.moveTo(start === '+' ? Infinity : Number(start) - 1, 0);
  }
  const screen = new Screen(editor, terminal);
  [terminal.isRaw, terminal.passesControls] = [true, true];
  context.stdout('\x1b[?1049h\x1b[2J');
  try {
    for (;;) {
      context.stdout(screen.paint());
      const keys = await session.readSome();
      const ending = keys === undefined ? { code: 1 } : await editor.press(Buffer.from(keys).toString('utf8'));
      if (ending !== undefined) {
        return ending.code;
      }
    }
  } finally {
    [terminal.isRaw, terminal.passesControls] = [false, false];
    context.stdout(`\x1b[${terminal.rows};1H\x1b[K\x1b[?1049l`);
  }
}

async function open(
  context: ProgramContext,
  path: string,
  files: Files,
): Promise<{ text: string; words: string } | number> {
  const own = userFiles(context.host, context.user);
  if ((await own.exists(path)) && (await own.stat(path)).isDirectory) {
    context.stderr(`vim: ${path} is a directory\n`);
    return 1;
  }
  if (!(await own.exists(path))) {
    return { text: '', words: '[New File]' };
  }
  const text = await files.read(path);
  return text === undefined ? { text: '', words: '[Permission Denied]' } : { text, words: sizeOf(text) };
}

const sizeOf = (text: string): string =>
  `${text.split('\n').length - (text.endsWith('\n') ? 1 : 0)}L, ${Buffer.byteLength(text)}C`;

const filesFor = ({ host, user, workingDirectory }: ProgramContext): Files => {
  const files = userFiles(host, user);
  return {
    read: async (word) => await files.readFile(resolvePath(workingDirectory, word)).catch(() => undefined),
    write: async (word, text) => {
      const path = resolvePath(workingDirectory, word);
      const isNew = !(await files.exists(path));
      try {
        await files.writeFile(path, text);
        return { isDone: true, words: `"${word}" ${isNew ? '[New] ' : ''}${sizeOf(text)} written` };
      } catch (error) {
        const reason = reasonOf(error);
        const words =
          reason === 'Permission denied'
            ? `"${word}" E212: Can't open file for writing`
            : `E514: write error (file system full?)`;
        return { isDone: false, words };
      }
    },
  };
};

/** vi is vim on CoreOS. */
export const vimPrograms = ['vim', 'vi', 'view', 'ex'].map((name) => program(name, (context) => vim(context)));
