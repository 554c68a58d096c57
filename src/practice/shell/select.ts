import type { CustomCommand } from 'just-bash';
import { defineCommand } from 'just-bash';
import { HIDDEN } from './devices';

const SELECT =
  // eslint-disable-next-line security/detect-unsafe-regex -- its repeats are of characters that nothing else takes
  /(^|[\n;&|({]|\b(?:do|then|else)\b)([ \t]*)select[ \t]+([A-Za-z_]\w*)(?:[ \t]+in([^;\n]*))?[ \t]*[;\n]\s*do\b/g;

/** `select`, which the library's parser does not know, is a loop that shows a menu and reads. */
export function withSelect(script: string): string {
  return script.includes('select')
    ? script.replaceAll(SELECT, (_all, before: string, space: string, name: string, words: string | undefined) => {
        const list = words ?? ' "$@"';
        return `${before}${space}REPLY=; while [ -n "$REPLY" ] || ${HIDDEN.menu}${list} >&2; printf '%s' "\${PS3-#? }" >&2; read -r REPLY; do ${name}=$(${HIDDEN.choice} "$REPLY"${list})`;
      })
    : script;
}

/** What such a loop asks: the menu, and the word of a number. */
export const selectCommands = (): CustomCommand[] => [
  defineCommand(HIDDEN.menu, (words) =>
    Promise.resolve({
      stdout: words.map((word, index) => `${index + 1}) ${word}\n`).join(''),
      stderr: '',
      exitCode: 0,
    }),
  ),
  defineCommand(HIDDEN.choice, ([reply = '', ...words]) =>
    Promise.resolve({ stdout: words[Number(reply) - 1] ?? '', stderr: '', exitCode: 0 }),
  ),
];
