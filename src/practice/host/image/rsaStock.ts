import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';

export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

export const RSA_BITS = 2048;
/** A cluster's worth: an RSA key keeps a processor busy for a sixth of a second, and nobody contacts five hundred nodes at once. */
const MOST_AHEAD = 5;

/** On a thread beside the event loop. */
async function makeRsaPair(): Promise<KeyPair> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: RSA_BITS,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) {
    throw parsed;
  }
  return { private: privateKey, public: `ssh-rsa ${parsed.getPublicSSH().toString('base64')}` };
}

/** RSA host keys made ahead, one after the other, so that a node's first visitor finds one and the event loop never waits for it. */
export class RsaStock {
  readonly #ready: KeyPair[] = [];
  readonly #waiting: ((pair: KeyPair | undefined) => void)[] = [];
  #expected = 0;
  #isBusy = false;

  constructor(private readonly make: () => Promise<KeyPair> = makeRsaPair) {}

  /** A node has come that will need one. */
  expect(): void {
    this.#expected = Math.min(MOST_AHEAD, this.#expected + 1);
    this.#work();
  }

  /** One that lies ready. */
  take(): KeyPair | undefined {
    const pair = this.#ready.shift();
    this.#expected = Math.max(0, this.#expected - 1);
    return pair;
  }

  /** The next one; undefined when so many wait already that it would take long. */
  async next(): Promise<KeyPair | undefined> {
    const pair = this.take();
    if (pair !== undefined || this.#waiting.length >= MOST_AHEAD) {
      return pair;
    }
    return await new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#work();
    });
  }

  #work(): void {
    const isWanted = this.#waiting.length > 0 || this.#ready.length < this.#expected;
    if (this.#isBusy || !isWanted) {
      return;
    }
    this.#isBusy = true;
    void this.make()
      .catch(() => undefined) // Whoever waits does without.
      .then((pair) => {
        this.#isBusy = false;
        const first = this.#waiting.shift();
        if (first !== undefined) {
          first(pair);
        } else if (pair !== undefined) {
          this.#ready.push(pair);
        } else {
          this.#expected = 0;
        }
        this.#work();
      });
  }
}
