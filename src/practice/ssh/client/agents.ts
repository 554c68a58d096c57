import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import type { Cancel, Host } from '../../kernel';

/** What an `SSH_AUTH_SOCK` leads to: keys that sign and are never shown. */
export type Agent = BaseAgent<ParsedKey>;

const agents = new WeakMap<Host, Map<string, Agent>>();

/** Puts an agent behind a socket of the node: one that came along with a session, or one that was started there. */
export function offerAgent(host: Host, socketPath: string, agent: Agent): Cancel {
  const known = agents.get(host) ?? new Map<string, Agent>();
  agents.set(host, known.set(socketPath, agent));
  return () => {
    if (known.get(socketPath) === agent) {
      known.delete(socketPath);
    }
  };
}

export const agentAt = (host: Host, socketPath: string): Agent | undefined => agents.get(host)?.get(socketPath);

/** All keys of an agent; none when it does not answer. */
export function identitiesOf(agent: Agent): Promise<readonly ParsedKey[]> {
  return new Promise((resolve) => {
    agent.getIdentities((error, keys) => resolve(error ? [] : (keys ?? []).filter((key) => 'getPublicSSH' in key)));
  });
}

/** ssh-agent: what `ssh-add` gave it, in memory only. */
export class KeyAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #keys: ParsedKey[] = [];

  add(key: ParsedKey): void {
    if (!this.#keys.some((known) => isSame(known, key))) {
      this.#keys.push(key);
    }
  }

  clear(): void {
    this.#keys.length = 0;
  }

  override getIdentities(callback: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
    callback(undefined, [...this.#keys]);
  }

  override getStream(callback: (error: Error | undefined, stream?: Duplex) => void): void {
    const protocol = new ssh2.AgentProtocol(false);
    protocol.on('identities', (request) => protocol.getIdentitiesReply(request, this.#keys));
    protocol.on('sign', (request, publicKey, data, options) => {
      this.sign(publicKey, data, options, (_error, signature) => {
        if (signature === undefined) {
          protocol.failureReply(request);
        } else {
          protocol.signReply(request, signature);
        }
      });
    });
    callback(undefined, protocol);
  }

  override sign(
    publicKey: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const done = typeof options === 'function' ? options : callback;
    const hash = typeof options === 'function' ? undefined : options.hash;
    const signature: unknown = this.#keys.find((key) => isSame(key, publicKey))?.sign(data, hash);
    if (Buffer.isBuffer(signature)) {
      done?.(undefined, signature);
    } else {
      done?.(new Error('agent refused operation'));
    }
  }
}

const isSame = (a: ParsedKey, b: ParsedKey): boolean => a.getPublicSSH().equals(b.getPublicSSH());
