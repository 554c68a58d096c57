import type { Connection, ServerChannel, Session } from 'ssh2';
import type { Host, Kernel } from '../kernel';
import type { Terminal } from '../programs/program';
import { follow } from '../shell/abort';
import type { Shell } from '../shell/shell';
import { ForwardedAgent } from './client/agentChannel';
import { offerAgent } from './client/agents';
import { runExec } from './exec';
import { runLogin } from './login';
import { serveFiles } from './sftp';

export interface SessionParts {
  readonly kernel: Kernel;
  readonly host: Host;
  readonly shell: Shell;
  readonly clientAddress: string;
  readonly connection: Connection;
}

/** OpenSSH's MaxSessions. */
const MOST_SESSIONS = 10;
/** sshd_config's AcceptEnv, as distributions have it. */
const ACCEPTED = /^(?:LANG|LC_[A-Z]+|TERM)$/;

/** What a client asked for before it started its command. */
export class SessionRequest {
  environment: Record<string, string> = {};
  terminal: SessionTerminal | undefined;
  /** Where the client's own agent is found in this session. */
  agentSocket: string | undefined;
}

export class SessionTerminal implements Terminal {
  columns: number;
  rows: number;
  readonly name: string;

  constructor(facts: { cols: number; rows: number; term?: string | undefined }) {
    this.columns = facts.cols || 80;
    this.rows = facts.rows || 24;
    this.name = facts.term ?? 'vt100';
  }

  resize(columns: number, rows: number): void {
    this.columns = columns || this.columns;
    this.rows = rows || this.rows;
  }
}

/** The sessions of one connection. */
export class SessionChannels {
  readonly #parts: SessionParts;
  readonly #hangUp = follow([]);
  #agentSocket: string | undefined;
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
    const request = new SessionRequest();
    const interrupt = follow([this.#hangUp.signal, this.#parts.host.power]);
    const { signal } = interrupt;
    session.once('close', () => {
      this.#open -= 1;
      interrupt.abort();
      interrupt.release();
    });
    prepare(session, request, () => this.#bringAgent());
    hearAfterEnd(session);
    session
      .on('signal', (accept, _reject, { name }) => {
        interrupt.abort(name);
        answer(accept);
      })
      .on('exec', (accept, _reject, { command }) => {
        runExec(this.#parts, request, { command, channel: opened(accept), interrupt, signal });
      })
      .on('shell', (accept) => {
        runLogin(this.#parts, request, { channel: opened(accept), interrupt, signal });
      })
      .on('sftp', (accept) => serveFiles(this.#parts, accept()));
  }

  /** One socket a connection, for as long as that lasts. */
  #bringAgent(): string {
    const { kernel, host, connection } = this.#parts;
    if (this.#agentSocket === undefined) {
      this.#agentSocket = `/tmp/ssh-${kernel.random.hex(10)}/agent.${kernel.random.integer(1000, 9999)}`;
      const remove = offerAgent(host, this.#agentSocket, new ForwardedAgent(connection));
      this.#hangUp.signal.addEventListener('abort', remove, { once: true });
    }
    return this.#agentSocket;
  }
}

/** Whoever has no more input may still send a signal or a new size of the window: ssh2 stops listening at the end of the input. */
function hearAfterEnd(session: Session): void {
  session.on('eof', () => Reflect.set(session, '_ending', false));
}

function opened(accept: () => ServerChannel): ServerChannel {
  const channel = accept();
  channel.on('error', () => undefined); // 'close' follows and ends the session.
  return channel;
}

/** What a client asks for before its command, and a new size of its window. */
function prepare(session: Session, request: SessionRequest, bringAgent: () => string): void {
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
      request.agentSocket = bringAgent();
      answer(accept);
    });
}

/** ssh2 gives `accept` only when the client wants an answer, whatever its types say. */
function answer(accept: (() => unknown) | undefined): void {
  accept?.();
}

/** The types forget the terminal's name. */
const termOf = (info: object): string | undefined =>
  'term' in info && typeof info.term === 'string' && info.term !== '' ? info.term : undefined;
