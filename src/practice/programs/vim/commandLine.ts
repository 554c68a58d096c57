import { toJavaScript } from '../../shell/tools/posixRegex';
import type { Editor } from './editor';

export interface Ending {
  readonly code: number;
}

/** A pattern of vim is nearly one of grep. */
export function patternOf(pattern: string): RegExp | undefined {
  try {
    return new RegExp(toJavaScript(pattern, 'basic'), 'g');
  } catch {
    return undefined;
  }
}

const NO_WRITE = 'E37: No write since last change (add ! to override)';

/** What is typed after `:`. Resolves with the ending when it ends the editor. */
export async function obey(text: string, editor: Editor): Promise<Ending | undefined> {
  const { buffer } = editor;
  const range = /^[%.$\d,]*/.exec(text.trim())?.[0] ?? '';
  const [, name = '', bang = '', rest = ''] =
    /^([a-z]*)(!?)([\s\S]*)$/.exec(text.trim().slice(range.length).trim()) ?? [];
  switch (name) {
    case '':
      goTo(range, rest, editor);
      return undefined;
    case 'q':
    case 'quit':
    case 'qa':
      if (buffer.isChanged && bang === '') {
        editor.message = NO_WRITE;
        return undefined;
      }
      return { code: 0 };
    case 'cq':
      return { code: 1 };
    case 'w':
    case 'write':
      await write(editor, rest.trim(), bang === '!');
      return undefined;
    case 'wq':
    case 'wqa':
      return (await write(editor, rest.trim(), bang === '!')) ? { code: 0 } : undefined;
    case 'x':
    case 'xit':
      return !buffer.isChanged || (await write(editor, rest.trim(), bang === '!')) ? { code: 0 } : undefined;
    case 'd':
    case 'delete': {
      const [from, to] = rowsOf(range, editor);
      buffer.remember();
      buffer.removeLines(from, to - from + 1);
      return undefined;
    }
    case 's':
      substitute(range, rest, editor);
      return undefined;
    case 'r':
    case 'read': {
      const content = await editor.files.read(rest.trim());
      if (content === undefined) {
        editor.message = `E484: Can't open file ${rest.trim()}`;
      } else {
        buffer.remember();
        buffer.insertLines(buffer.row + 1, content.replace(/\n$/, '').split('\n'));
      }
      return undefined;
    }
    case 'set':
    case 'se':
    case 'syntax':
    case 'noh':
    case 'nohlsearch':
      return undefined;
    default:
      editor.message = `E492: Not an editor command: ${text}`;
      return undefined;
  }
}

function goTo(range: string, rest: string, editor: Editor): void {
  const { buffer } = editor;
  if (range !== '' && rest === '') {
    buffer.moveTo(rowsOf(range, editor)[1], 0);
  } else if (rest !== '') {
    editor.message = `E492: Not an editor command: ${range}${rest}`;
  }
}

function rowsOf(range: string, { buffer }: Editor): readonly [from: number, to: number] {
  const last = buffer.lines.length - 1;
  if (range === '%') {
    return [0, last];
  }
  const row = (text: string): number =>
    text === '$' ? last : text === '.' || text === '' ? buffer.row : Math.max(0, Math.min(last, Number(text) - 1));
  const [from = '', to = from] = range.split(',');
  return [row(from), row(to)];
}

/** `s/old/new/g`, with `%` or a range before it. */
function substitute(range: string, rest: string, editor: Editor): void {
  const { buffer } = editor;
  const delimiter = rest.charAt(0);
  const [, old = '', replacement = '', flags = ''] = splitAt(rest, delimiter);
  const regex = patternOf(old);
  if (delimiter === '' || old === '' || regex === undefined) {
    editor.message = 'E486: Pattern not found: ';
    return;
  }
  const expression = new RegExp(regex.source, `${flags.includes('g') ? 'g' : ''}${flags.includes('i') ? 'i' : ''}`);
  const wanted = replacement
    .replaceAll('$', '$$$$')
    .replaceAll(/\\(\d)/g, '$$$1')
    .replaceAll(/(?<!\\)&/g, '$$&')
    .replaceAll('\\&', '&');
  const [from, to] = rowsOf(range, editor);
  buffer.remember();
  let changed = 0;
  for (let row = from; row <= to; row += 1) {
    const before = buffer.lines[row] ?? '';
    const after = before.replace(expression, wanted);
    if (after !== before) {
      buffer.lines[row] = after;
      buffer.isChanged = true;
      changed += 1;
      buffer.moveTo(row, 0);
    }
  }
  editor.message =
    changed === 0
      ? `E486: Pattern not found: ${old}`
      : changed > 2
        ? `${changed} substitutions on ${changed} lines`
        : '';
}

/** At a delimiter that has no backslash before it. */
function splitAt(text: string, delimiter: string): string[] {
  const parts = [''];
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\\' && text.charAt(index + 1) === delimiter) {
      parts.push(`${parts.pop() ?? ''}${delimiter}`);
      index += 1;
    } else if (character === delimiter) {
      parts.push('');
    } else {
      parts.push(`${parts.pop() ?? ''}${character}`);
    }
  }
  return parts;
}

async function write(editor: Editor, name: string, isForced: boolean): Promise<boolean> {
  const path = name === '' ? editor.path : name;
  if (path === undefined) {
    editor.message = 'E32: No file name';
    return false;
  }
  if (editor.isReadOnly && !isForced && name === '') {
    editor.message = "E45: 'readonly' option is set (add ! to override)";
    return false;
  }
  const { isDone, words } = await editor.files.write(path, editor.buffer.text);
  editor.message = words;
  if (isDone) {
    editor.buffer.isChanged = false;
  }
  return isDone;
}
