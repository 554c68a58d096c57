/** `Error: …`, `TypeError [ERR_X]: …`: how Node begins the account of an error that nobody caught. */
const UNCAUGHT = /^[\w$]*(?:Error|Exception)[\w [\]]*: (?<message>.+)/;
/** Around it: the place in the source, the stack, the error's other properties, and Node's own version at the very end. */
const AROUND = /^(?:\s|node:|\w+:\/\/|[{}^]|Node\.js v\d)/;
const LONGEST = 300;

/** The one line that says why a process ended, out of all that it has written; undefined when it said nothing. */
export function lastWords(text: string): string | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const uncaught = lines.map((line) => UNCAUGHT.exec(line)?.groups?.['message']).filter((line) => line !== undefined);
  const line = uncaught.at(-1) ?? lines.filter((each) => !AROUND.test(each)).at(-1) ?? lines.at(-1);
  return line?.trim().slice(0, LONGEST).replace(/\.$/, '');
}
