import type { Said } from './readme';

/** Makes of a right answer a wrong one; undefined where it has nothing to be made wrong. */
type Plant = (ours: Said) => Said | undefined;

const changed = (ours: Said, stream: 'stdout' | 'stderr', text: string): Said | undefined =>
  text === ours[stream] ? undefined : { ...ours, [stream]: text };

const isJson = (text: string): boolean => /^\s*[[{]/.test(text);

/** The nth line that says something, made into others. */
function withLine(text: string, which: 'first' | 'last', make: (line: string) => readonly string[]): string {
  const lines = text.split('\n');
  const says = (line: string): boolean => line.trim() !== '';
  const at = which === 'first' ? lines.findIndex(says) : lines.findLastIndex(says);
  return at < 0 ? text : [...lines.slice(0, at), ...make(lines[at] ?? ''), ...lines.slice(at + 1)].join('\n');
}

const misspelt = (line: string): readonly string[] => [line.replace(/[A-Za-z]{3,}/, (word) => `${word}x`)];
const inJson = (ours: Said, change: (text: string) => string): Said | undefined =>
  isJson(ours.stdout) ? changed(ours, 'stdout', change(ours.stdout)) : undefined;

/** What a comparison must not let pass, whatever it takes for chance. */
export const PLANTS = {
  'another exit code': (ours) => (typeof ours.exit === 'number' ? { ...ours, exit: ours.exit + 1 } : undefined),
  'what belongs on stdout on stderr': (ours) =>
    ours.stdout === '' ? undefined : { ...ours, stdout: ours.stderr, stderr: ours.stdout },
  'what belongs on stderr on stdout': (ours) =>
    ours.stderr === '' ? undefined : { ...ours, stdout: ours.stdout + ours.stderr, stderr: '' },
  'another word in the first line': (ours) => changed(ours, 'stdout', withLine(ours.stdout, 'first', misspelt)),
  'another word in the last line': (ours) => changed(ours, 'stdout', withLine(ours.stdout, 'last', misspelt)),
  'no line feed at its end': (ours) => changed(ours, 'stdout', ours.stdout.replace(/\n$/, '')),
  'another word on stderr': (ours) => changed(ours, 'stderr', withLine(ours.stderr, 'last', misspelt)),
  'a line too few': (ours) =>
    changed(
      ours,
      'stdout',
      withLine(ours.stdout, 'last', () => []),
    ),
  'a line too many': (ours) =>
    changed(
      ours,
      'stdout',
      withLine(ours.stdout, 'last', (line) => [line, `${line}x`]),
    ),
  'a number that is a text': (ours) => inJson(ours, (text) => text.replace(/(":\s*)(\d+)/, '$1"$2"')),
  'another key': (ours) => inJson(ours, (text) => text.replace(/"(\w+)":/, '"$1x":')),
  'a key too many': (ours) => inJson(ours, (text) => text.replace(/\{"/, '{"x":1,"')),
} satisfies Readonly<Record<string, Plant>>;

type PlantName = keyof typeof PLANTS;
const isName = (name: string): name is PlantName => Object.hasOwn(PLANTS, name);

/** The plants that a comparison takes for the right answer. */
export const unseen = (ours: Said, isSame: (said: Said) => boolean): PlantName[] =>
  Object.keys(PLANTS)
    .filter(isName)
    .filter((name) => {
      const wrong = PLANTS[name](ours);
      return wrong !== undefined && isSame(wrong);
    });
