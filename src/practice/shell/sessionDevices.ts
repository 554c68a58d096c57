import type { Host, Kernel } from '../kernel';
import { connectTo } from './connections';
import { DEVICES } from './devices';
import type { ExecutionOptions } from './executionTypes';
import { isFact } from './fileTests';
import type { Output } from './output';
import { sendBytes } from './output';
import type { Device } from './sessionFiles';
import type { TimeHold } from './timeHold';

interface Parts {
  readonly host: Host;
  readonly kernel: Kernel;
  readonly options: ExecutionOptions;
  readonly output: Output;
  readonly hold: TimeHold;
  /** The shell or a tool complains in a line of the script. */
  complain(text: string, line: number): void;
}

const INPUTS = new Set<string>([DEVICES.input, '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** What stands for a file without an end: as much as scripts take from it. */
const ENDLESS = 64 * 1024;

/** The files that are the session itself. */
export class SessionDevices {
  /** Why a path of /dev/tcp could not be opened, for the message. */
  readonly connectionErrors = new Map<string, string>();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  find(path: string): Device | undefined {
    if (!path.startsWith('/dev/') && !path.startsWith('/proc/self/fd/')) {
      return undefined;
    }
    const { output, options, host } = this.#parts;
    const { input, signal, terminal } = options;
    if (isFact(path, host, terminal !== undefined) === true) {
      return {};
    }
    if (path === DEVICES.out || (path === '/dev/tty' && terminal !== undefined)) {
      return { write: (bytes) => sendBytes(output, bytes) };
    }
    if (path.startsWith(DEVICES.err)) {
      return { write: (bytes) => this.#parts.complain(bytes.toString('utf8'), Number(path.slice(DEVICES.err.length))) };
    }
    if (path === DEVICES.state) {
      return { write: (bytes) => options.onState?.(bytes.toString('utf8')) };
    }
    if (path === DEVICES.line) {
      return { read: () => this.#waiting(async () => (await input?.readLine(signal)) ?? Buffer.alloc(0)) };
    }
    if (INPUTS.has(path)) {
      return { read: () => this.#waiting(async () => (await input?.readAll(signal)) ?? Buffer.alloc(0)) };
    }
    if (path === '/dev/zero') {
      return { read: () => Promise.resolve(Buffer.alloc(ENDLESS)), write: () => undefined };
    }
    if (path === '/dev/urandom' || path === '/dev/random') {
      const { random } = this.#parts.kernel;
      return { read: () => Promise.resolve(Buffer.from(random.hex(2 * ENDLESS), 'hex')), write: () => undefined };
    }
    return path.startsWith('/dev/tcp/') ? { read: () => this.#open(path) } : undefined;
  }

  /** Waits as a connecting program does; undefined when connected, else why not. */
  async connect(path: string): Promise<string | undefined> {
    const { host, kernel, options } = this.#parts;
    return await this.#waiting(() => connectTo({ host, kernel, path, signal: options.signal }));
  }

  /** Opening connects, and that is what scripts use it for; what is sent is not answered. */
  async #open(path: string): Promise<Buffer> {
    const reason = await this.connect(path);
    if (reason !== undefined) {
      this.connectionErrors.set(path, reason);
      throw new Error(reason);
    }
    return Buffer.alloc(0);
  }

  #waiting<T>(run: () => Promise<T>): Promise<T> {
    return this.#parts.hold.outside(run);
  }
}
