const YELLOW = '\u001b[0;33m';
const PLAIN = '\u001b[0m';
/** Progress lines overwrite each other: blanks up to this width, escape codes counted, and a carriage return. */
const WIDTH = 80;

const named = (unit: string): string => `${YELLOW}${unit}:${PLAIN}`;

export const progressLine = (unit: string, state: string): string => `${`${named(unit)} ${state}`.padEnd(WIDTH)}\r`;

/** `start` and `stop` call the unit as it was asked for. */
export const failedLine = (target: string, doing: string): string =>
  `\u001b[0;31mThe service '${target}' failed while ${doing}.${PLAIN}\n`;

export const doneLine = (unit: string, what: 'loaded' | 'destroyed'): string => `${named(unit)} ${what}\n`;

const RED = '\u001b[31m●';
const BLUE = '\u001b[34m▴';
const GREEN = '\u001b[32m■';

/** The three coloured shapes of Deis, always in colour. */
export const banner = (text: string): string =>
  [
    `${RED} ${BLUE} ${GREEN}${PLAIN}`,
    `${GREEN} ${RED} ${BLUE}${PLAIN} ${text}`,
    `${BLUE} ${GREEN} ${RED}${PLAIN}`,
    '',
  ].join('\n');
