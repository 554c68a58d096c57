import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type Client, type ClientChannel, type ExecOptions } from 'ssh2';
import type { Said } from './readme';

/** A command that ends by a signal has no exit code. */
const EXIT_CODE_MS = 2_000;

export interface CommandOptions {
  readonly tty?: boolean;
  /** Our time; then the command is cut off, as the recorder did, and `exit` is `running`. */
  readonly limitMs?: number;
  readonly stdin?: string;
}

/** One SSH connection to a node, made when it is first needed and again after the node was away. */
export class SshNode {
  #client: Client | undefined;

  constructor(
    private readonly port: () => Promise<number>,
    private readonly privateKey: string,
  ) {}

  async run(command: string, options: CommandOptions = {}): Promise<Said> {
    const client = (this.#client ??= await this.#connect());
    const settings: ExecOptions = options.tty === true ? { pty: { term: 'xterm', cols: 80, rows: 24 } } : {};
    return await new Promise<Said>((resolve, reject) => {
      client.exec(command, settings, (error, channel) => {
        // Listened to at once: its exit code may come with the same packet.
        if (error === undefined) listen(channel, options).then(resolve, reject);
        else reject(error);
      });
    });
  }

  close(): void {
    this.#client?.destroy();
    this.#client = undefined;
  }

  async #connect(): Promise<Client> {
    const client = new ssh2.Client();
    client.connect({ host: '127.0.0.1', port: await this.port(), username: 'core', privateKey: this.privateKey });
    await once(client, 'ready'); // once() rejects when there is an error first
    client.on('error', () => this.close());
    client.on('close', () => this.close());
    return client;
  }
}

/** All that the channel says until it is closed or the time is over. */
async function listen(channel: ClientChannel, { limitMs = 120_000, stdin = '' }: CommandOptions): Promise<Said> {
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  channel.on('data', (chunk: Buffer) => output.stdout.push(chunk));
  channel.stderr.on('data', (chunk: Buffer) => output.stderr.push(chunk));
  let code: number | undefined;
  const exited = new Promise<void>((resolve) => {
    channel.on('exit', (given: unknown) => {
      code = typeof given === 'number' ? given : undefined;
      resolve();
    });
  });
  // When both directions have ended the stream is closed, which may be before the exit code comes.
  const closed = once(channel, 'close')
    .then(() => Promise.race([exited, sleep(EXIT_CODE_MS)]))
    .then(() => 'closed' as const);
  channel.end(stdin);
  const timer = new AbortController();
  const limit = sleep(limitMs, 'limit' as const, { signal: timer.signal }).catch(() => 'closed' as const);
  const how = await Promise.race([closed, limit]);
  timer.abort();
  if (how === 'limit') channel.close();
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8');
  return {
    ...{ stdout: text(output.stdout), stderr: text(output.stderr) },
    exit: how === 'limit' ? 'running' : code,
  };
}
