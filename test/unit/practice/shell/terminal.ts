import type { Terminal } from '../../../../src/practice/programs/program';
import { Interactive } from '../../../../src/practice/shell/terminal/interactive';
import { TerminalOutput } from '../../../../src/practice/shell/terminal/terminalOutput';
import type { Node } from './node';

/** A person at a terminal: types, and sees a screen of what came. */
export class Person {
  readonly ended: Promise<number>;
  raw = '';
  readonly #interactive: Interactive;
  #look: () => void = () => undefined;

  constructor({ host, shell }: Node, size: Terminal = { columns: 80, rows: 24, name: 'xterm' }) {
    const raw = {
      stdout: (text: string): void => {
        this.raw += text;
        this.#look();
      },
      stderr: (text: string): void => raw.stdout(text),
    };
    const session = shell.session({ user: 'core', name: '-bash', terminal: size, environment: { TERM: 'xterm' } });
    this.#interactive = new Interactive({ host, session, terminal: size, raw, output: new TerminalOutput(raw) });
    this.ended = this.#interactive.run();
  }

  type(text: string): void {
    this.#interactive.receive(Buffer.from(text));
  }

  hangUp(): void {
    this.#interactive.hangUp();
  }

  /** Types a line and gives what was printed until the next prompt. */
  async says(line: string): Promise<string> {
    await this.prompt();
    this.type(line);
    const before = this.raw.length;
    this.type('\r');
    await this.until(() => this.raw.slice(before).endsWith(PROMPT_END));
    const printed = withoutColours(this.raw.slice(before).replaceAll('\r\n', '\n'));
    return printed.slice(printed.indexOf('\n') + 1).replace(/\S+ \S+ \$ $/, '');
  }

  prompt(): Promise<void> {
    return this.until(() => this.raw.endsWith(PROMPT_END));
  }

  shows(part: string): Promise<void> {
    return this.until(() => withoutColours(this.raw).includes(part));
  }

  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        if (isSo()) {
          resolve();
        }
      };
      this.#look();
      void this.ended.then(() => reject(new Error(`over, after ${JSON.stringify(this.raw.slice(-300))}`)));
    });
  }
}

const PROMPT_END = '$\x1b[00m ';

// eslint-disable-next-line no-control-regex -- colours are escape sequences
export const withoutColours = (text: string): string => text.replaceAll(/\x1b\[[0-9;]*m/g, '');
