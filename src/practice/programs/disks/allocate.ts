import type { ProgramContext } from '../program';
import { parseOptions } from '../../host/programs/options';
import { resolvePath } from '../../host/files/path';
import { userFiles } from '../../shell/userFiles';
import { program, refuse } from '../program';
import { parseSize } from '../sizes';

async function fallocate(context: ProgramContext): Promise<number> {
  const options = parseOptions(context.args, {
    flags: { '-n': 'keep', '-v': 'verbose', '-z': 'zero', '-p': 'punch', '-d': 'dig', '-c': 'collapse' },
    values: { '-l': 'length', '--length': 'length', '-o': 'offset', '--offset': 'offset' },
  });
  const text = options.values.get('length')?.[0];
  const bytes = text === undefined ? undefined : parseSize(text);
  const [word] = options.words;
  if (text === undefined) {
    return refuse(context, 'fallocate: no length argument specified');
  }
  if (bytes === undefined || bytes === 0) {
    return refuse(context, 'fallocate: invalid length value specified');
  }
  if (word === undefined) {
    return refuse(context, 'fallocate: no filename specified');
  }
  return await reserve(context, { program: 'fallocate', word, bytes });
}

/** Takes disk space for a file without content, as the user. */
async function reserve(
  context: ProgramContext,
  file: { program: string; word: string; bytes: number },
): Promise<number> {
  const path = resolvePath(context.workingDirectory, file.word);
  // The shell's own redirection knows who may write what; it makes the file as the user's.
  const made = await context.run(`: >> ${JSON.stringify(path)}`, { user: context.user, signal: context.signal });
  if (made.exitCode !== 0) {
    const reason = /: ([^:\n]+)\n?$/.exec(made.stderr)?.[1] ?? 'Permission denied';
    return refuse(context, `${file.program}: cannot open ${file.word}: ${reason}`);
  }
  const isShort = context.host.resources.allocate(path, file.bytes);
  return isShort ? 0 : refuse(context, `${file.program}: fallocate failed: No space left on device`);
}

/** `truncate -s SIZE FILE…`; SIZE may be `+N` or `-N`. What it adds is zeros. */
async function truncate(context: ProgramContext): Promise<number> {
  const options = parseOptions(context.args, {
    flags: { '-c': 'keep', '--no-create': 'keep' },
    values: { '-s': 'size', '--size': 'size' },
  });
  const text = options.values.get('size')?.[0];
  const sign = /^[+-]/.exec(text ?? '')?.[0];
  const bytes = parseSize((text ?? '').slice(sign === undefined ? 0 : 1));
  if (text === undefined) return refuse(context, 'truncate: you must specify either ‘--size’ or ‘--reference’');
  if (bytes === undefined) return refuse(context, `truncate: Invalid number: ‘${text}’`);
  if (options.words.length === 0) return refuse(context, 'truncate: missing file operand');
  let code = 0;
  for (const word of options.words) {
    const path = resolvePath(context.workingDirectory, word);
    const files = userFiles(context.host, context.user);
    const isThere = await files.exists(path);
    if (!isThere && options.flags.has('keep')) continue;
    const before = isThere ? (await files.stat(path)).size : 0;
    const size = sign === undefined ? bytes : Math.max(0, before + (sign === '+' ? bytes : -bytes));
    if (size > before) code ||= await reserve(context, { program: 'truncate', word, bytes: size });
    else if (size < before) await cut(files, path, size);
  }
  return code;
}

async function cut(files: ReturnType<typeof userFiles>, path: string, size: number): Promise<void> {
  const file = await files.openForWriting(path, { isEmptied: false });
  file.cut(size);
  file.close();
}

export const allocatePrograms = [program('fallocate', fallocate), program('truncate', truncate)];
