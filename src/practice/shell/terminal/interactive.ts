import { parse, serialize } from 'just-bash';
import type { ScriptNode } from 'just-bash';
import type { Host, Terminal } from '../../kernel';
import { follow } from '../abort';
import { BUILTIN_NAMES } from '../builtins';
import { HIDDEN } from '../devices';
import { Execution } from '../execution';
import type { ExecutionOptions } from '../executionTypes';
import { INTERRUPTED } from '../executionTypes';
import { Input } from '../input';
import { syntaxError } from '../messages';
import type { Output } from '../output';
import { complete, listChoices } from './completion';
import type { Key } from './keys';
import { keysOf } from './keys';
import { LineDiscipline } from './lineDiscipline';
import { LineEditor } from './lineEditor';
import { greeting } from './greeting';
import { historyOf, keepHistory } from './history';
import { promptFor } from './prompt';

interface Parts {
  readonly host: Host;
  readonly session: ExecutionOptions;
  readonly terminal: Terminal;
  /** The terminal as it is, for editing. */
  readonly raw: Output;
  /** For programs: with the terminal's line ends. */
  readonly output: Output;
}

/** Words that begin a command in bash and lie in no folder. */
const KEYWORDS = [
  ...[
    'cd',
    'exit',
    'export',
    'logout',
    'history',
    'source',
    'type',
    'unset',
    'set',
    'read',
    'eval',
    'exec',
    'command',
    'local',
  ],
  ...[
    'declare',
    'pwd',
    'echo',
    'printf',
    'test',
    'true',
    'false',
    'for',
    'while',
    'if',
    'case',
    'until',
    'function',
    'time',
  ],
];

interface Running {
  readonly abort: ReturnType<typeof follow>;
  readonly input: Input;
  readonly keyboard: LineDiscipline;
}

/** A login shell on a terminal. */
export class Interactive {
  readonly #parts: Parts;
  readonly #editor: LineEditor;
  readonly #history: string[] = [];
  #environment: Readonly<Record<string, string>>;
  #workingDirectory: string;
  #functions = new Map<string, string>();
  #lastCode = 0;
  #pendingText = '';
  #running: Running | undefined;
  #waiting: ((line: string | undefined) => void) | undefined;
  #typedAhead: Key[] = [];
  #lastKey = '';
  #isOver = false;
  #hasLeft = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#environment = parts.session.environment;
    this.#workingDirectory = parts.session.workingDirectory;
    const { terminal } = parts;
    this.#editor = new LineEditor(
      {
        write: (text) => parts.raw.stdout(text),
        get columns() {
          return terminal.columns;
        },
      },
      this.#history,
    );
  }

  /** Resolves with the exit status of the shell. */
  async run(): Promise<number> {
    const { host, output } = this.#parts;
    this.#history.push(...(await historyOf(host, this.#home)));
    output.stdout(await greeting(host, this.#environment));
    while (!this.#isOver) {
      this.#tellEndedJobs();
      const line = await this.#readLine(this.#prompt);
      if (line === undefined) {
        break;
      }
      await this.#obey(line);
    }
    await keepHistory(host, this.#home, this.#history);
    return this.#lastCode;
  }

  /** Bytes from the terminal. */
  receive(chunk: Buffer): void {
    const keys = keysOf(chunk.toString('utf8'));
    for (const key of keys) {
      if (this.#running !== undefined) {
        this.#running.keyboard.press(key);
      } else if (this.#waiting === undefined) {
        this.#typedAhead.push(key);
      } else {
        this.#press(key);
      }
    }
  }

  hangUp(): void {
    this.#isOver = true;
    this.#running?.abort.abort();
    this.#settleLine(undefined);
  }

  get #home(): string {
    return this.#environment['HOME'] ?? '/';
  }

  get #prompt(): string {
    const { user } = this.#parts.session;
    return promptFor({
      user,
      hostName: this.#parts.host.name,
      workingDirectory: this.#workingDirectory,
      home: this.#home,
    });
  }

  #readLine(prompt: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#editor.begin(prompt, this.#pendingText);
      this.#pendingText = '';
      const ahead = this.#typedAhead.splice(0);
      ahead.forEach((key, index) => {
        if (this.#waiting === undefined) {
          this.#typedAhead.push(...ahead.slice(index, index + 1));
        } else {
          this.#press(key);
        }
      });
    });
  }

  #press(key: Key): void {
    const edit = this.#editor.press(key);
    const isSecondTab = edit === 'complete' && this.#lastKey === 'complete';
    this.#lastKey = edit;
    switch (edit) {
      case 'accepted':
        this.#settleLine(this.#editor.line);
        break;
      case 'interrupted':
        this.#lastCode = INTERRUPTED;
        this.#settleLine('');
        break;
      case 'closed':
        this.#parts.raw.stdout('logout\r\n');
        this.#settleLine(undefined);
        break;
      case 'complete':
        this.#complete(isSecondTab).catch(() => undefined);
        break;
      case 'clear screen':
        this.#parts.raw.stdout('\x1b[H\x1b[2J');
        this.#editor.redraw(true);
        break;
      case 'going on':
        break;
    }
  }

  #settleLine(line: string | undefined): void {
    const settle = this.#waiting;
    this.#waiting = undefined;
    settle?.(line);
  }

  async #complete(isSecond: boolean): Promise<void> {
    const { host, session, terminal, raw } = this.#parts;
    const along = (this.#environment['PATH'] ?? '').split(':');
    const lists = await Promise.all(
      along.map(async (path) => ((await host.files.exists(path)) ? host.files.readdir(path) : [])),
    );
    const { insert, choices } = await complete(this.#editor.beforeCursor, {
      files: host.files,
      workingDirectory: this.#workingDirectory,
      home: this.#home,
      commands: [...lists.flat(), ...KEYWORDS, ...BUILTIN_NAMES, ...this.#functions.keys()].filter(
        (name) =>
          KEYWORDS.includes(name) ||
          this.#functions.has(name) ||
          BUILTIN_NAMES.has(name) ||
          session.parts.resolver.resolve(name, { path: along.join(':'), workingDirectory: '/' }).kind !== 'absent',
      ),
    });
    if (insert !== undefined) {
      this.#editor.insert(insert);
    } else if (isSecond && choices.length > 1) {
      raw.stdout(`\r\n${listChoices(choices, terminal.columns).replaceAll('\n', '\r\n')}\r\n`);
      this.#editor.redraw(true);
    } else {
      raw.stdout('\x07');
    }
  }

  async #obey(line: string): Promise<void> {
    const script = await this.#wholeCommand(line);
    if (script === undefined || script.trim() === '') {
      return;
    }
    if (this.#history.at(-1) !== script) {
      this.#history.push(script);
    }
    const own = await this.#ownCommand(script.trim());
    if (!own) {
      await this.#execute(script);
    }
  }

  /** Asks for more lines while the command is not complete. */
  async #wholeCommand(first: string): Promise<string | undefined> {
    let script = first;
    while (script.endsWith('\\') || isIncomplete(script)) {
      const next = await this.#readLine('> ');
      if (next === undefined || this.#lastKey === 'interrupted') {
        return undefined;
      }
      script = script.endsWith('\\') ? `${script.slice(0, -1)}${next}` : `${script}\n${next}`;
    }
    return script;
  }

  /** What belongs to the terminal itself. */
  async #ownCommand(script: string): Promise<boolean> {
    const [word, code, ...more] = script.split(/\s+/);
    if ((word === 'exit' || word === 'logout') && more.length === 0 && /^\d*$/.test(code ?? '')) {
      this.#parts.raw.stdout('logout\r\n');
      this.#lastCode = code === undefined ? this.#lastCode : Number(code) % 256;
      this.#isOver = true;
      return true;
    }
    if (script === 'history') {
      this.#parts.output.stdout(
        this.#history.map((line, index) => `${String(index + 1).padStart(5)}  ${line}\n`).join(''),
      );
      this.#lastCode = 0;
      return true;
    }
    return await Promise.resolve(false);
  }

  async #execute(script: string): Promise<void> {
    const { session, terminal, output } = this.#parts;
    const [abort, input] = [follow([session.signal]), new Input()];
    const { raw } = this.#parts;
    const keyboard = new LineDiscipline({ terminal, raw, input, interrupt: () => abort.abort() });
    const running: Running = { abort, input, keyboard };
    this.#running = running;
    const options: ExecutionOptions = {
      ...session,
      speaker: { name: '-bash', namesLines: false },
      environment: { ...this.#environment, COLUMNS: String(terminal.columns), LINES: String(terminal.rows) },
      workingDirectory: this.#workingDirectory,
      signal: running.abort.signal,
      input: running.input,
      terminal,
      onLeave: () => (this.#hasLeft = true),
    };
    const execution = new Execution(options, output);
    const before = this.#lastCode === 0 ? '' : `${HIDDEN.status} ${this.#lastCode}\n`;
    this.#lastCode = await execution.run(`${[...this.#functions.values()].join('\n')}\n${before}${script}`);
    this.#running = undefined;
    running.abort.release();
    this.#afterwards(script, execution.environment);
    if (running.abort.signal.aborted && !this.#isOver) {
      this.#parts.raw.stdout('\r\n');
    }
    this.#pendingText = running.input.takeRest() + keyboard.pending;
    this.#isOver ||= this.#hasLeft;
  }

  #afterwards(script: string, environment: Readonly<Record<string, string>>): void {
    this.#environment = Object.fromEntries(
      Object.entries(environment).filter(([name]) => /^\w+$/.test(name) && !/^\d/.test(name)),
    );
    this.#workingDirectory = environment['PWD'] ?? this.#workingDirectory;
    for (const { name, text } of functionsIn(script)) {
      this.#functions.set(name, text);
    }
  }

  #tellEndedJobs(): void {
    for (const { number, command, exitCode } of this.#parts.session.parts.jobs.takeEnded()) {
      const state = exitCode === 0 ? 'Done' : `Exit ${exitCode ?? 1}`;
      this.#parts.output.stdout(`[${number}]+  ${state.padEnd(24)}${command}\n`);
    }
  }
}

function scriptOf(text: string): ScriptNode | string {
  try {
    return parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isIncomplete(text: string): boolean {
  const script = scriptOf(text);
  if (typeof script !== 'string') {
    const word = hereDocumentWord(text);
    return word !== undefined && !hasLine(text, word);
  }
  return /unexpected (?:end of file|EOF)/.test(syntaxError(script, text, { name: 'bash', namesLines: false }, false));
}

const hereDocumentWord = (text: string): string | undefined => /<<-?\s?['"]?(\w+)/.exec(text)?.[1];

const hasLine = (text: string, line: string): boolean =>
  text
    .split('\n')
    .slice(1)
    .some((one) => one.trim() === line);

function functionsIn(text: string): { name: string; text: string }[] {
  const script = scriptOf(text);
  if (typeof script === 'string') {
    return [];
  }
  return script.statements.flatMap((statement) =>
    statement.pipelines.flatMap(({ commands }) =>
      commands.flatMap((command) => {
        if (command.type !== 'FunctionDef') {
          return [];
        }
        const pipeline = { type: 'Pipeline', commands: [command], negated: false } as const;
        const alone = { type: 'Statement', pipelines: [pipeline], operators: [], background: false } as const;
        return [
          {
            name: command.name,
            text: serialize({
              type: 'Script',
              statements: [{ ...alone, pipelines: [{ ...pipeline, commands: [command] }], operators: [] }],
            }),
          },
        ];
      }),
    ),
  );
}
