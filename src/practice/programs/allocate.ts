import type { ProgramContext } from '../kernel';
import { parseOptions } from '../host/programs/options';
import { resolvePath } from '../host/files/path';
import { program, refuse } from './program';
import { parseSize } from './sizes';

const MB = 1024 * 1024;

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
    return refuse(
      context,
      `${file.program}: ${file.program === 'dd' ? `failed to open '${file.word}'` : `cannot open ${file.word}`}: ${reason}`,
    );
  }
  const isShort = context.host.resources.allocate(path, file.bytes);
  return isShort
    ? 0
    : refuse(
        context,
        `${file.program}: ${file.program === 'dd' ? `error writing '${file.word}'` : `fallocate failed`}: No space left on device`,
      );
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
    const { files } = context.host;
    const old = (await files.exists(path)) ? await files.readFile(path) : undefined;
    if (old === undefined && options.flags.has('keep')) continue;
    const before = old === undefined ? 0 : (await files.stat(path)).size;
    const size = sign === undefined ? bytes : Math.max(0, before + (sign === '+' ? bytes : -bytes));
    if (size > before) code ||= await reserve(context, { program: 'truncate', word, bytes: size });
    else if (size < before) await files.writeFile(path, (old ?? '').slice(0, size));
  }
  return code;
}

async function dd(context: ProgramContext): Promise<number> {
  const operands = new Map(
    context.args.map((arg): [string, string] => [arg.replace(/=.*/s, ''), arg.replace(/^[^=]*=/, '')]),
  );
  const from = operands.get('if');
  const to = operands.get('of');
  const block = parseSize(operands.get('bs') ?? '512') ?? 512;
  const started = context.timeline.now();
  const count = parseSize(operands.get('count') ?? '0') ?? 0;
  if (from === '/dev/zero' && to === undefined) {
    context.session?.stdoutBytes(new Uint8Array(block * count));
    context.stderr(`${count}+0 records in\n${count}+0 records out\n`);
    return 0;
  }
  if (from === '/dev/zero' && to !== undefined) {
    const code = await reserve(context, { program: 'dd', word: to, bytes: block * count });
    if (code === 0) {
      // A droplet's disk takes some 250 MB a second.
      await context.timeline.sleep(((block * count) / (250 * MB)) * 1000, context.signal);
      const seconds = Math.max(0.001, (context.timeline.now() - started) / 1000);
      const bytes = block * count;
      context.stderr(
        `${count}+0 records in\n${count}+0 records out\n${bytes} bytes (${siSize(bytes)}) copied, ${seconds.toFixed(5).replace(/0+$/, '')} s, ${siSize(bytes / seconds)}/s\n`,
      );
    }
    return code;
  }
  const path = from === undefined ? undefined : resolvePath(context.workingDirectory, from);
  if (path !== undefined && !(await context.host.files.exists(path))) {
    return refuse(context, `dd: failed to open '${from ?? ''}': No such file or directory`);
  }
  const input =
    path === undefined
      ? context.stdin || ((await context.session?.readStdin()) ?? '')
      : await context.host.files.readFile(path, 'latin1');
  const limit = operands.get('count');
  const content = limit === undefined ? input : input.slice(0, block * Number(limit));
  if (to === undefined && path !== undefined) {
    context.session?.stdoutBytes(Buffer.from(content, 'latin1'));
  } else if (to === undefined) {
    context.stdout(content);
  } else {
    const written = await context.run(`cat > ${JSON.stringify(to)}`, {
      user: context.user,
      stdin: path === undefined ? content : Buffer.from(content, 'latin1').toString('utf8'),
    });
    if (written.exitCode !== 0) {
      return refuse(context, `dd: failed to open '${to}': Permission denied`);
    }
  }
  const records = Math.floor(content.length / block);
  const rest = content.length % block === 0 ? 0 : 1;
  context.stderr(
    `${records}+${rest} records in\n${records}+${rest} records out\n${content.length} bytes copied, 0.000182 s, ${siSize(content.length / 0.000182)}/s\n`,
  );
  return 0;
}

function siSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let [value, index] = [bytes, 0];
  while (value >= 1000 && index < 3) {
    value /= 1000;
    index += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[index] ?? ''}`;
}

export const allocatePrograms = [program('fallocate', fallocate), program('truncate', truncate), program('dd', dd)];
