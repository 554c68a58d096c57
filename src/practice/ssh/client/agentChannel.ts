import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { Connection, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';

const WINDOW = 2 * 1024 * 1024;
const PACKET = 32 * 1024;

type Opened = (error: Error | undefined, stream?: Duplex) => void;

interface Channels {
  add(opened: Opened & { type: string }): number;
}

interface Protocol {
  openssh_authAgent(channel: number, window: number, packet: number): void;
}

/** The agent of a client that asked to bring it along (`ssh -A`): each question goes to it over a channel of its connection. */
export class ForwardedAgent extends ssh2.BaseAgent<ParsedKey> {
  constructor(private readonly connection: Connection) {
    super();
  }

  override getIdentities(callback: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
    this.#ask(callback, (agent, done) => agent.getIdentities(done));
  }

  override sign(
    publicKey: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const asked = typeof options === 'function' ? {} : options;
    const done = typeof options === 'function' ? options : callback;
    this.#ask<Buffer>(
      (error, signature) => done?.(error, signature),
      (agent, answer) => agent.sign(publicKey, data, asked, answer),
    );
  }

  override getStream(callback: (error: Error | undefined, stream?: Duplex) => void): void {
    openAgentChannel(this.connection, callback);
  }

  #ask<T>(
    callback: (error: Error | undefined, answer?: T) => void,
    question: (
      agent: InstanceType<typeof ssh2.AgentProtocol>,
      done: (error?: Error | null, answer?: T) => void,
    ) => void,
  ): void {
    openAgentChannel(this.connection, (error, stream) => {
      if (stream === undefined) {
        callback(error ?? new Error('no agent'));
        return;
      }
      const agent = new ssh2.AgentProtocol(true);
      stream.on('error', () => undefined);
      stream.once('close', () => agent.destroy());
      agent.on('error', () => stream.destroy());
      agent.pipe(stream).pipe(agent);
      question(agent, (problem, answer) => {
        stream.end();
        callback(problem ?? undefined, answer);
      });
    });
  }
}

/** ssh2's server has no call for this channel, though its protocol knows it. */
function openAgentChannel(connection: Connection, opened: Opened): void {
  const protocol: unknown = Reflect.get(connection, '_protocol');
  const channels: unknown = Reflect.get(connection, '_chanMgr');
  if (!isProtocol(protocol) || !isChannels(channels)) {
    opened(new Error('This ssh2 can open no channel to an agent.'));
    return;
  }
  const channel = channels.add(Object.assign(opened.bind(undefined), { type: 'auth-agent@openssh.com' }));
  if (channel < 0) {
    opened(new Error('No free channels available'));
  } else {
    protocol.openssh_authAgent(channel, WINDOW, PACKET);
  }
}

const isProtocol = (value: unknown): value is Protocol =>
  typeof value === 'object' &&
  value !== null &&
  'openssh_authAgent' in value &&
  typeof value.openssh_authAgent === 'function';

const isChannels = (value: unknown): value is Channels =>
  typeof value === 'object' && value !== null && 'add' in value && typeof value.add === 'function';
