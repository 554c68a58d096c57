import type { ServerChannel, Session } from 'ssh2';
import type { Host, Kernel, Terminal } from '../kernel';
import { follow } from '../shell/abort';
import type { Shell } from '../shell/shell';
import { runExec } from './exec';
import { runLogin } from './login';
import { serveFiles } from './sftp';

export interface SessionParts {
  readonly kernel: Kernel;
  readonly host: Host;
  readonly shell: Shell;
  readonly clientAddress: string;
}

/** OpenSSH's MaxSessions. */
const MOST_SESSIONS = 10;
/** sshd_config's AcceptEnv, as distributions have it. */
const ACCEPTED = /^(?:LANG|LC_[A-Z]+|TERM)$/;

/** What a client asked for before it started its command. */
export class SessionRequest {
  environment: Record<string, string> = {};
  terminal: SessionTerminal | undefined;
  hasAgent = false;
}

export class SessionTerminal implements Terminal {
  columns: number;
  rows: number;
  readonly name: string;
  readonly #listeners = new Set<() => void>();

  constructor(facts: { cols: number; rows: number; term?: string | undefined }) {
    this.columns = facts.cols || 80;
    this.rows = facts.rows || 24;
    this.name = facts.term ?? 'vt100';
  }

  resize(columns: number, rows: number): void {
    this.columns = columns || this.columns;
    this.rows = rows || this.rows;
    this.#listeners.forEach((listener) => listener());
  }

  onResize(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The sessions of one connection. */
export class SessionChannels {
  readonly #parts: SessionParts;
  readonly #hangUp = follow([]);
  #open = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get isFull(): boolean {
    return this.#open >= MOST_SESSIONS;
  }

  hangUp(): void {
    this.#hangUp.abort();
  }

  open(session: Session): void {
    this.#open += 1;
    session.once('close', () => (this.#open -= 1));
    const request = new SessionRequest();
    const interrupt = follow([this.#hangUp.signal, this.#parts.host.power]);
    const { signal } = interrupt;
    session.once('close', () => {
      interrupt.abort();
      interrupt.release();
    });
    const start = (run: (channel: ServerChannel) => void, accept: () => ServerChannel): void => {
      const channel = accept();
      channel.on('error', () => undefined); // 'close' follows and ends the session.
      run(channel);
    };
    session
      .on('env', (accept, _reject, { key, val }) => {
        if (ACCEPTED.test(key)) {
          request.environment[key] = val;
        }
        answer(accept);
      })
      .on('pty', (accept, _reject, info) => {
        request.terminal = new SessionTerminal({ ...info, term: termOf(info) });
        answer(accept);
      })
      .on('window-change', (accept, _reject, info) => {
        request.terminal?.resize(info.cols, info.rows);
        answer(accept);
      })
      .on('auth-agent', (accept) => {
        request.hasAgent = true;
        answer(accept);
      })
      .on('signal', (accept, _reject, { name }) => {
        interrupt.abort(name);
        answer(accept);
      })
      .on('exec', (accept, _reject, { command }) => {
        start((channel) => runExec(this.#parts, request, { command, channel, interrupt, signal }), accept);
      })
      .on('shell', (accept) => {
        start((channel) => runLogin(this.#parts, request, { channel, interrupt, signal }), accept);
      })
      .on('sftp', (accept) => serveFiles(this.#parts, accept()));
  }
}

/** ssh2 gives `accept` only when the client wants an answer, whatever its types say. */
function answer(accept: (() => unknown) | undefined): void {
  accept?.();
}

/** The types forget the terminal's name. */
const termOf = (info: object): string | undefined =>
  'term' in info && typeof info.term === 'string' && info.term !== '' ? info.term : undefined;
