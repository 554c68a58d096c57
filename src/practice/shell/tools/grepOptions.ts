import type { ParsedOptions } from '../../host/programs/options';
import { parseOptions } from '../../host/programs/options';
import type { RegexKind } from './posixRegex';
import { toJavaScript } from './posixRegex';

const FLAGS: Readonly<Record<string, string>> = {
  ...{ '-i': 'i', '-y': 'i', '--ignore-case': 'i', '-v': 'v', '--invert-match': 'v', '-c': 'c', '--count': 'c' },
  ...{ '-n': 'n', '--line-number': 'n', '-l': 'l', '--files-with-matches': 'l', '-L': 'L' },
  ...{ '--files-without-match': 'L', '-q': 'q', '--quiet': 'q', '--silent': 'q', '-s': 's', '--no-messages': 's' },
  ...{ '-o': 'o', '--only-matching': 'o', '-w': 'w', '--word-regexp': 'w', '-x': 'x', '--line-regexp': 'x' },
  ...{ '-E': 'E', '--extended-regexp': 'E', '-F': 'F', '--fixed-strings': 'F', '-G': 'G', '--basic-regexp': 'G' },
  ...{ '-P': 'P', '--perl-regexp': 'P', '-H': 'H', '--with-filename': 'H', '-h': 'h', '--no-filename': 'h' },
  ...{ '-r': 'r', '--recursive': 'r', '-R': 'r', '--dereference-recursive': 'r', '-a': 'a', '--text': 'a' },
  ...{ '-I': 'I', '-z': 'z', '--null-data': 'z', '--color': 'a', '--colour': 'a', '--line-buffered': 'a' },
  ...{ '-U': 'a', '-b': 'b', '-Z': 'Z', '--null': 'Z' },
};
const VALUES: Readonly<Record<string, string>> = {
  ...{ '-e': 'e', '--regexp': 'e', '-f': 'f', '--file': 'f', '-m': 'm', '--max-count': 'm', '-A': 'A' },
  ...{ '--after-context': 'A', '-B': 'B', '--before-context': 'B', '-C': 'C', '--context': 'C' },
  ...{ '--include': 'include', '--exclude': 'exclude', '--exclude-dir': 'excludeDir', '--binary-files': 'ignored' },
  ...{ '-d': 'ignored', '-D': 'ignored', '--label': 'label', '--color': 'ignored', '--colour': 'ignored' },
};

/** `-3` is `-C 3`; a bare `--color` has no value. */
export function grepOptions(args: readonly string[]): ParsedOptions {
  const spelled = args.flatMap((arg) =>
    /^-\d+$/.test(arg) ? ['-C', arg.slice(1)] : /^--colou?r$/.test(arg) ? ['--color=auto'] : [arg],
  );
  return parseOptions(spelled, { flags: FLAGS, values: VALUES });
}

/** One expression for all patterns. @throws SyntaxError */
export function expressionFor(name: string, patterns: readonly string[], flags: ReadonlySet<string>): RegExp {
  const kind: RegexKind =
    name === 'fgrep' || flags.has('F')
      ? 'fixed'
      : flags.has('P')
        ? 'perl'
        : name === 'egrep' || flags.has('E')
          ? 'extended'
          : 'basic';
  const all = patterns.map((pattern) => `(?:${toJavaScript(pattern, kind)})`).join('|');
  const whole = flags.has('x') ? `^(?:${all})$` : flags.has('w') ? `(?<!\\w)(?:${all})(?!\\w)` : all;

  return new RegExp(whole, flags.has('i') ? 'gi' : 'g');
}
