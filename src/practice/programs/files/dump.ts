import type { ProgramContext } from '../program';
import { parseOptions } from '../../host/programs/options';
import { program } from '../program';

/** How `od` shows a group of bytes. */
interface Format {
  readonly size: number;
  readonly width: number;
  readonly show: (bytes: Buffer) => string;
}

const NAMED: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};

const character = (byte: number): string =>
  NAMED[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'));

function numberOf(bytes: Buffer, size: number): bigint {
  const whole = Buffer.alloc(size);
  bytes.copy(whole);
  return size === 8 ? whole.readBigUInt64LE() : BigInt(whole.readUIntLE(0, size));
}

/** `x1`, `o2`, `d4`, `c`, `a`: the letter and how many bytes it takes. */
function formatOf(type: string): Format | undefined {
  const [, letter = '', digits = ''] = /^([xodauc])([1248]?)z?$/.exec(type) ?? [];
  if (letter === '') {
    return undefined;
  }
  if (letter === 'c' || letter === 'a') {
    return { size: 1, width: 3, show: (bytes) => character(bytes[0] ?? 0) };
  }
  const size = digits === '' ? 4 : Number(digits);
  const base = letter === 'x' ? 16 : letter === 'o' ? 8 : 10;
  const width = (2n ** BigInt(size * 8) - 1n).toString(base).length + (letter === 'd' ? 1 : 0);
  const show = (bytes: Buffer): string => {
    const value = numberOf(bytes, size);
    return letter === 'd'
      ? BigInt.asIntN(size * 8, value).toString()
      : value.toString(base).padStart(letter === 'u' ? 0 : width, '0');
  };
  return { size, width, show };
}

/** Old spellings of `-t`. */
const SHORT: Readonly<Record<string, string>> = { b: 'o1', c: 'c', d: 'u2', o: 'o2', s: 'd2', x: 'x2' };
const RADIX: Readonly<Record<string, number>> = { d: 10, o: 8, x: 16 };

async function od(context: ProgramContext): Promise<number> {
  const { flags, values, words } = parseOptions(
    context.args.flatMap(
      (arg) =>
        /^-([tANjw])(.+)$/
          .exec(arg)
          ?.slice(1)
          .map((part, at) => (at === 0 ? `-${part}` : part)) ?? [arg],
    ),
    {
      flags: { ...Object.fromEntries(Object.keys(SHORT).map((letter) => [`-${letter}`, letter])), '-v': 'all' },
      values: { '-t': 'type', '-A': 'radix', '-N': 'count', '-j': 'skip', '-w': 'width' },
    },
  );
  const types = [
    ...(values.get('type') ?? []),
    ...Object.entries(SHORT).flatMap(([letter, type]) => (flags.has(letter) ? [type] : [])),
  ];
  const formats = (types.length === 0 ? ['o2'] : types).map(formatOf);
  if (formats.includes(undefined)) {
    context.stderr(`od: invalid type string ‘${types.find((type) => formatOf(type) === undefined) ?? ''}’\n`);
    return 1;
  }
  const input = await bytesOf(context, words, 'od');
  const skip = Number(values.get('skip')?.at(-1) ?? 0);
  const bytes = input.bytes.subarray(
    skip,
    values.has('count') ? skip + Number(values.get('count')?.at(-1)) : undefined,
  );
  const radix = RADIX[values.get('radix')?.at(-1) ?? 'o'];
  const address = (offset: number): string =>
    radix === undefined ? '' : offset.toString(radix).padStart(radix === 16 ? 6 : 7, '0');
  context.stdout(
    dump(bytes, { formats: formats.filter((one) => one !== undefined), address, skip, showsAll: flags.has('all') }),
  );
  return input.code;
}

interface Layout {
  readonly formats: readonly Format[];
  readonly skip: number;
  readonly showsAll: boolean;
  readonly address: (offset: number) => string;
}

/** Sixteen bytes a line; lines like the one before are one asterisk. */
function dump(bytes: Buffer, { formats, skip, showsAll, address }: Layout): string {
  // Groups of different sizes stand below each other.
  const byteWidth = Math.max(...formats.map(({ size, width }) => (width + 1) / size));
  const lines: string[] = [];
  let before: Buffer | undefined;
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const line = bytes.subarray(offset, offset + 16);
    if (!showsAll && before !== undefined && line.length === 16 && line.equals(before)) {
      if (lines.at(-1) !== '*') {
        lines.push('*');
      }
      continue;
    }
    before = line;
    formats.forEach(({ size, show }, at) => {
      const groups = Array.from({ length: Math.ceil(line.length / size) }, (_unused, index) =>
        show(line.subarray(index * size, (index + 1) * size)).padStart(Math.round(byteWidth * size)),
      );
      const first = address(offset + skip);
      lines.push(`${at === 0 ? first : ' '.repeat(first.length)}${groups.join('')}`);
    });
  }
  const last = address(bytes.length + skip);
  return `${[...lines, ...(last === '' ? [] : [last])].join('\n')}${lines.length + last.length > 0 ? '\n' : ''}`;
}

async function hexdump(context: ProgramContext): Promise<number> {
  const { flags, values, words } = parseOptions(context.args, {
    flags: { '-C': 'canonical', '-v': 'all' },
    values: { '-n': 'count', '-s': 'skip' },
  });
  const input = await bytesOf(context, words, 'hexdump');
  const skip = Number(values.get('skip')?.at(-1) ?? 0);
  const bytes = input.bytes.subarray(
    skip,
    values.has('count') ? skip + Number(values.get('count')?.at(-1)) : undefined,
  );
  context.stdout(
    flags.has('canonical') ? canonical(bytes, skip, flags.has('all')) : words16(bytes, skip, flags.has('all')),
  );
  return input.code;
}

function canonical(bytes: Buffer, skip: number, showsAll: boolean): string {
  const row = (line: Buffer): string => {
    const hex = Array.from({ length: 16 }, (_unused, at) =>
      at < line.length ? (line[at] ?? 0).toString(16).padStart(2, '0') : '  ',
    );
    const text = [...line].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    return `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}  |${text}|`;
  };
  return rows(bytes, { skip, showsAll, width: 8, separator: '  ', row });
}

function words16(bytes: Buffer, skip: number, showsAll: boolean): string {
  const row = (line: Buffer): string =>
    Array.from({ length: Math.ceil(line.length / 2) }, (_unused, at) =>
      numberOf(line.subarray(at * 2, at * 2 + 2), 2)
        .toString(16)
        .padStart(4, '0'),
    ).join(' ');
  return rows(bytes, { skip, showsAll, width: 7, separator: ' ', row });
}

function rows(
  bytes: Buffer,
  how: {
    readonly skip: number;
    readonly showsAll: boolean;
    readonly width: number;
    readonly separator: string;
    row(line: Buffer): string;
  },
): string {
  const address = (offset: number): string => (offset + how.skip).toString(16).padStart(how.width, '0');
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const line = bytes.subarray(offset, offset + 16);
    const isRepeated = offset > 0 && line.length === 16 && line.equals(bytes.subarray(offset - 16, offset));
    if (isRepeated && !how.showsAll) {
      if (lines.at(-1) !== '*') {
        lines.push('*');
      }
    } else {
      lines.push(`${address(offset)}${how.separator}${how.row(line)}`);
    }
  }
  return bytes.length === 0 ? '' : `${[...lines, address(bytes.length)].join('\n')}\n`;
}

/** The named files one after the other, or standard input. */
async function bytesOf(
  context: ProgramContext,
  words: readonly string[],
  name: string,
): Promise<{ bytes: Buffer; code: number }> {
  if (words.length === 0) {
    return { bytes: await standardInput(context), code: 0 };
  }
  const parts: Buffer[] = [];
  let code = 0;
  for (const word of words) {
    const path = context.host.files.resolvePath(context.workingDirectory, word);
    if (await context.host.files.exists(path)) {
      parts.push(Buffer.from(await context.host.files.readFileBuffer(path)));
    } else {
      context.stderr(`${name}: ${word}: No such file or directory\n`);
      code = 1;
    }
  }
  return { bytes: Buffer.concat(parts), code };
}

async function standardInput({ session, stdin }: ProgramContext): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let chunk = await session?.readSome(); chunk !== undefined; chunk = await session?.readSome()) {
    parts.push(chunk);
  }
  return session === undefined ? Buffer.from(stdin) : Buffer.concat(parts);
}

export const dumpPrograms = [program('od', od), program('hexdump', hexdump)];
