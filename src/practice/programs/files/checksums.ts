import { createHash } from 'node:crypto';
import type { ProgramContext } from '../program';
import { resolvePath } from '../../host/files/path';
import { parseOptions } from '../../host/programs/options';
import { reasonOf } from '../../shell/tools/toolMessages';
import { userFiles } from '../../shell/userFiles';
import { program } from '../program';

const PIECE = 256 * 1024;

const OPTIONS = {
  flags: {
    ...{ '-b': 'binary', '--binary': 'binary', '-t': 'text', '--text': 'text', '-c': 'check', '--check': 'check' },
    ...{
      '--quiet': 'quiet',
      '--status': 'status',
      '-w': 'warn',
      '--warn': 'warn',
      '--strict': 'strict',
      '--tag': 'tag',
    },
  },
  values: {},
};

interface Tool {
  readonly name: string;
  readonly algorithm: string;
}

async function checksums(context: ProgramContext, tool: Tool): Promise<number> {
  const { flags, words, unknown } = parseOptions(context.args, OPTIONS);
  if (unknown !== undefined) {
    context.stderr(
      `${tool.name}: invalid option -- '${unknown.replace(/^-+/, '')}'\nTry '${tool.name} --help' for more information.\n`,
    );
    return 1;
  }
  let code = 0;
  for (const word of words.length === 0 ? ['-'] : words) {
    try {
      if (flags.has('check')) {
        code ||= await check(context, tool, word, flags);
      } else {
        const digest = await digestOf(context, tool, word);
        context.stdout(
          flags.has('tag')
            ? `${tool.algorithm.toUpperCase()} (${word}) = ${digest}\n`
            : `${digest} ${flags.has('binary') ? '*' : ' '}${word}\n`,
        );
      }
    } catch (error) {
      context.stderr(`${tool.name}: ${word}: ${reasonOf(error)}\n`);
      code = 1;
    }
  }
  return code;
}

/** The list of a `--check`, in this tool's own format. */
async function check(context: ProgramContext, tool: Tool, word: string, flags: ReadonlySet<string>): Promise<number> {
  const list =
    word === '-'
      ? ((await context.session?.readStdin()) ?? context.stdin)
      : await userFiles(context.host, context.user).readFile(resolvePath(context.workingDirectory, word));
  const rows = [...list.matchAll(/^([\da-f]{32,128}) [ *](.+)$/gm)];
  if (rows.length === 0) {
    context.stderr(
      `${tool.name}: ${word}: no properly formatted ${tool.algorithm.toUpperCase()} checksum lines found\n`,
    );
    return 1;
  }
  let [wrong, unread] = [0, 0];
  for (const [, wanted, name = ''] of rows) {
    const digest = await digestOf(context, tool, name).catch((error: unknown) => {
      context.stderr(`${tool.name}: ${name}: ${reasonOf(error)}\n`);
      unread += 1;
      return undefined;
    });
    const isOk = digest === wanted;
    wrong += isOk || digest === undefined ? 0 : 1;
    if (!flags.has('status') && !(isOk && flags.has('quiet'))) {
      context.stdout(`${name}: ${isOk ? 'OK' : digest === undefined ? 'FAILED open or read' : 'FAILED'}\n`);
    }
  }
  const warn = (count: number, one: string, many: string): void => {
    if (count > 0 && !flags.has('status')) {
      context.stderr(`${tool.name}: WARNING: ${count} ${count === 1 ? one : many}\n`);
    }
  };
  warn(unread, 'listed file could not be read', 'listed files could not be read');
  warn(wrong, 'computed checksum did NOT match', 'computed checksums did NOT match');
  return wrong + unread === 0 ? 0 : 1;
}

async function digestOf(context: ProgramContext, { algorithm }: Tool, word: string): Promise<string> {
  const hash = createHash(algorithm);
  if (word === '-') {
    for (;;) {
      const piece = await context.session?.readSome();
      if (piece === undefined) {
        return hash.digest('hex');
      }
      hash.update(piece);
    }
  }
  const path = resolvePath(context.workingDirectory, word);
  const file = userFiles(context.host, context.user).open(path);
  try {
    for (let at = 0; at < file.length && !context.signal.aborted; at += PIECE) {
      hash.update(file.read(at, PIECE));
    }
  } finally {
    file.close();
  }
  return hash.digest('hex');
}

export const checksumPrograms = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].map((algorithm) =>
  program(`${algorithm}sum`, (context) => checksums(context, { name: `${algorithm}sum`, algorithm })),
);
