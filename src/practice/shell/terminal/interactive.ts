import type { Host } from '../../kernel';
import type { Terminal } from '../../programs/program';
import { insideOf } from '../../host/inside';
import { follow } from '../abort';
import { Execution } from '../execution';
import type { ExecutionOptions } from '../executionTypes';
import { INTERRUPTED } from '../executionTypes';
import { Input } from '../input';
import type { Job } from '../jobs';
import type { Output } from '../output';
import { commandNames, complete, listChoices } from './completion';
import { greeting } from './greeting';
import { historyOf, keepHistory } from './history';
import { expandHistory } from './historyExpansion';
import { HeldOutput } from './heldOutput';
import type { Ended, Running } from './jobControl';
import { JobControl, STOPPED } from './jobControl';
import type { Key } from './keys';
import { keysOf } from './keys';
import { LineDiscipline } from './lineDiscipline';
import { LineEditor } from './lineEditor';
import { promptFor } from './prompt';
import { ShellsInside } from './shellsInside';
import { isIncomplete, problemIn, ShellState } from './shellState';

interface Parts {
  readonly host: Host;
  readonly session: ExecutionOptions;
  readonly terminal: Terminal;
  /** The terminal as it is, for editing. */
  readonly raw: Output;
  /** For programs: with the terminal's line ends. */
  readonly output: Output;
  /** Started by a program on the terminal, not by a login. */
  readonly isInside?: boolean;
}

/** A shell on a terminal. */
export class Interactive {
  readonly #parts: Parts;
  readonly #editor: LineEditor;
  readonly #state: ShellState;
  readonly #history: string[] = [];
  readonly #jobControl: JobControl;
  readonly #traps = new Map<string, string>();
  #running: Running | undefined;
  #waiting: ((line: string | undefined) => void) | undefined;
  #typedAhead: Key[] = [];
  #lastEdit = '';
  #isCompleting = false;
  #isOver = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#state = new ShellState(parts.session.environment, parts.session.workingDirectory);
    const { terminal, raw } = parts;
    this.#jobControl = new JobControl({ ...parts, jobs: parts.session.parts.jobs });
    const screen = {
      write: (text: string) => raw.stdout(text),
      get columns() {
        return terminal.columns;
      },
    };
    this.#editor = new LineEditor(screen, this.#history);
  }

  /** Resolves with the exit status of the shell. */
  async run(): Promise<number> {
    const { host, output, isInside } = this.#parts;
    this.#history.push(...(await historyOf(host, this.#home)));
    if (isInside !== true) {
      output.stdout(await greeting(host, this.#state.environment));
    }
    while (!this.#isOver) {
      this.#tellEndedJobs();
      const line = await this.#readLine(this.#prompt);
      if (line === undefined) {
        break;
      }
      await this.#obey(line);
    }
    await keepHistory(host, this.#home, this.#history);
    const { lastCode } = this.#state;
    const farewell = this.#traps.get('EXIT');
    if (farewell !== undefined && !this.#parts.session.signal.aborted) {
      await this.#attend(this.#begin(farewell));
    }
    return lastCode;
  }

  /** Bytes from the terminal. */
  receive(chunk: Buffer): void {
    if (this.#running?.shells.receive(chunk) === true || this.#running?.keyboard.receive(chunk) === true) {
      return;
    }
    keysOf(chunk.toString('utf8')).forEach((key) => this.#take(key));
  }

  #take(key: Key): void {
    if (this.#running !== undefined) {
      this.#running.keyboard.press(key);
    } else if (this.#isReading()) {
      this.#press(key);
    } else {
      this.#typedAhead.push(key);
    }
  }

  /** What came after the shell had ended. */
  takeTypedAhead(): Key[] {
    return this.#typedAhead.splice(0);
  }

  hangUp(): void {
    this.#isOver = true;
    this.#running?.shells.hangUp();
    this.#running?.abort.abort();
    this.#settleLine(undefined);
  }

  get #home(): string {
    return this.#state.environment['HOME'] ?? '/';
  }

  get #prompt(): string {
    const { session, host } = this.#parts;
    const { workingDirectory } = this.#state;
    const { box } = insideOf(host);
    return promptFor({ user: session.user, hostName: host.name, workingDirectory, home: this.#home, box });
  }

  #readLine(prompt: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#editor.begin(prompt);
      for (const key of this.#typedAhead.splice(0)) {
        if (this.#isReading()) {
          this.#press(key);
        } else {
          this.#typedAhead.push(key);
        }
      }
    });
  }

  /** Asked again after each key: Enter ends it. */
  #isReading(): boolean {
    return this.#waiting !== undefined && !this.#isCompleting;
  }

  #press(key: Key): void {
    const edit = this.#editor.press(key);
    const isSecondTab = edit === 'complete' && this.#lastEdit === 'complete';
    this.#lastEdit = edit;
    switch (edit) {
      case 'accepted':
        this.#settleLine(this.#editor.line);
        break;
      case 'interrupted':
        this.#state.lastCode = INTERRUPTED;
        this.#settleLine('');
        break;
      case 'closed':
        this.#sayGoodbye();
        this.#settleLine(undefined);
        break;
      case 'complete':
        this.#isCompleting = true;
        this.#complete(isSecondTab)
          .catch(() => undefined)
          .finally(() => this.#goOnAfterCompletion());
        break;
      case 'clear screen':
        this.#parts.raw.stdout('\x1b[H\x1b[2J');
        this.#editor.redraw(true);
        break;
      case 'going on':
        break;
    }
  }

  #goOnAfterCompletion(): void {
    this.#isCompleting = false;
    this.#typedAhead.splice(0).forEach((key) => this.#take(key));
  }

  #settleLine(line: string | undefined): void {
    const settle = this.#waiting;
    this.#waiting = undefined;
    settle?.(line);
  }

  async #complete(isSecond: boolean): Promise<void> {
    const { host, session, terminal, raw } = this.#parts;
    const { environment, workingDirectory, functionNames } = this.#state;
    const { insert, choices } = await complete(this.#editor.beforeCursor, {
      files: host.files,
      workingDirectory,
      home: this.#home,
      commands: await commandNames(host.files, session.parts.resolver, { environment, functionNames }),
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
    const expanded = expandHistory(line, this.#history);
    if (expanded.missing !== undefined) {
      this.#parts.output.stderr(`-bash: ${expanded.missing}: event not found\n`);
      return;
    }
    this.#parts.output.stdout(expanded.isChanged ? `${expanded.text}\n` : '');
    const script = await this.#wholeCommand(expanded.text);
    if (script === undefined || script.trim() === '') {
      return;
    }
    if (this.#history.at(-1) !== script) {
      this.#history.push(script);
    }
    const problem = problemIn(script);
    if (problem !== undefined) {
      this.#parts.output.stderr(`${this.#parts.isInside === true ? '' : '-'}bash: ${problem}\n`);
      this.#state.lastCode = 1;
      return;
    }
    if (await this.#controlJob(script.trim())) {
      return;
    }
    if (!this.#ownCommand(script.trim())) {
      this.#jobControl.noteOtherCommand();
      await this.#attend(this.#begin(script));
    }
  }

  async #controlJob(script: string): Promise<boolean> {
    const job = this.#jobControl.command(script);
    if (typeof job === 'object') {
      await this.#attend(this.#jobControl.toForeground(job) ?? this.#waitingFor(job));
    } else if (job !== undefined) {
      this.#state.lastCode = job;
    }
    return job !== undefined;
  }

  /** Asks for more lines while the command is not complete. */
  async #wholeCommand(first: string): Promise<string | undefined> {
    let script = first;
    while (isIncomplete(script)) {
      const next = await this.#readLine('> ');
      if (next === undefined || this.#lastEdit === 'interrupted') {
        return undefined;
      }
      script = script.endsWith('\\') ? `${script.slice(0, -1)}${next}` : `${script}\n${next}`;
    }
    return script;
  }

  /** What belongs to the terminal itself. */
  #ownCommand(script: string): boolean {
    const [word, code, ...more] = script.split(/\s+/);
    if ((word === 'exit' || word === 'logout') && more.length === 0 && /^\d*$/.test(code ?? '')) {
      this.#sayGoodbye();
      if (!this.#jobControl.mayLeave()) {
        return true;
      }
      this.#state.lastCode = code === undefined ? this.#state.lastCode : Number(code) % 256;
      this.#isOver = true;
      return true;
    }
    return false;
  }

  #sayGoodbye(): void {
    this.#parts.raw.stdout(this.#parts.isInside === true ? 'exit\r\n' : 'logout\r\n');
  }

  /** Gives the terminal to a command until it ends or is stopped. */
  async #attend(running: Running): Promise<void> {
    this.#running = running;
    const stopped = new Promise<undefined>((resolve) => (running.suspend = () => resolve(undefined)));
    this.#typedAhead = running.keyboard.feed(this.#typedAhead);
    const ended = await Promise.race([running.done, stopped]);
    this.#running = undefined;
    if (ended === undefined) {
      this.#state.lastCode = STOPPED;
      this.#jobControl.setAside(running);
      return;
    }
    this.#state.lastCode = ended.code;
    if (running.job === undefined && ended.environment !== undefined) {
      this.#state.absorb(running.line, ended.environment, ended.declarations);
    }
    this.#jobControl.forget(running);
    this.#finish(running, ended.isGone);
  }

  async #run(line: string, running: Omit<Running, 'done'>): Promise<Ended> {
    const { session, terminal } = this.#parts;
    const left = { status: undefined as number | undefined, declarations: '', isGone: false };
    const execution = new Execution(
      {
        ...session,
        speaker: { name: this.#parts.isInside === true ? 'bash' : '-bash', namesLines: false },
        environment: { ...this.#state.environment, COLUMNS: String(terminal.columns), LINES: String(terminal.rows) },
        workingDirectory: this.#state.workingDirectory,
        signal: running.abort.signal,
        input: running.input,
        terminal,
        openShell: running.shells.open,
        traps: this.#traps,
        history: this.#history,
        onLeave: () => (left.isGone = true),
        onEnd: (status) => (left.status = status),
        onState: (text) => (left.declarations += text),
      },
      running.output,
    );
    const code = await execution.run(this.#state.scriptFor(line));
    const { declarations, isGone } = left;
    return { code: left.status ?? code, environment: execution.environment, declarations, isGone };
  }

  #begin(line: string): Running {
    const { session, output } = this.#parts;
    const abort = follow([session.signal]);
    const running = { line, ...this.#keyboardFor(() => abort.abort()), abort, output: new HeldOutput(output) };
    return Object.assign(running, { done: this.#run(line, running) });
  }

  #keyboardFor(interrupt: () => void): Pick<Running, 'input' | 'keyboard' | 'shells' | 'suspend'> {
    const { terminal, raw } = this.#parts;
    const input = new Input();
    const suspend = (): void => this.#running?.suspend();
    const keyboard = new LineDiscipline({ terminal, raw, input, interrupt, suspend });
    const giveBack = (keys: readonly Key[]): void => void this.#typedAhead.push(...keyboard.feed(keys));
    return { input, keyboard, shells: new ShellsInside({ ...this.#parts, giveBack }), suspend: () => undefined };
  }

  /** `fg` of what was started with `&`: it has no use for the keyboard but to be ended. */
  #waitingFor(job: Job): Running {
    const abort = follow([this.#parts.session.signal]);
    const interrupt = (): void => {
      abort.abort();
      job.end('INT');
    };
    const done = job.done.then((code) => ({ code, environment: undefined, declarations: '', isGone: false }));
    const output = new HeldOutput(this.#parts.output);
    return { line: job.command, ...this.#keyboardFor(interrupt), abort, output, done, job };
  }

  #finish({ abort, input, keyboard }: Running, isGone: boolean): void {
    abort.release();
    if (abort.signal.aborted && !this.#isOver) {
      this.#parts.raw.stdout('\r\n');
    }
    // What nobody read is for the shell.
    this.#typedAhead.unshift(...keysOf((input.takeRest() + keyboard.pending).replaceAll('\n', '\r')));
    this.#isOver ||= isGone;
  }

  #tellEndedJobs(): void {
    const { jobs } = this.#parts.session.parts;
    const rows = jobs.all.filter(({ exitCode }) => exitCode !== undefined).map((job) => jobs.row(job));
    jobs.takeEnded();
    this.#parts.output.stdout(rows.join(''));
  }
}
