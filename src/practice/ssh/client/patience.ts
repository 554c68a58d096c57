import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import type { Cancel, Timeline } from '../../kernel';
import type { Agent } from './agents';

/**
 * A time-out that stands still while somebody outside the model is asked, a person or an agent that came along with a session: they
 * live in their own time, of which the nodes' ten seconds may be a sixth of one.
 */
export class Patience {
  #asked = 0;
  #isOver = false;
  #cancel: Cancel;

  constructor(
    private readonly timeline: Timeline,
    private readonly ms: number,
    private readonly late: () => void,
  ) {
    this.#cancel = timeline.after(ms, late);
  }

  end(): void {
    this.#isOver = true;
    this.#cancel();
  }

  /** It begins anew with what the function that this returns is called for: the answer. */
  ask(): Cancel {
    this.#asked += 1;
    this.#cancel();
    return () => {
      this.#asked -= 1;
      if (this.#asked === 0 && !this.#isOver) {
        this.#cancel = this.timeline.after(this.ms, this.late);
      }
    };
  }

  async during<T>(work: Promise<T>): Promise<T> {
    const answered = this.ask();
    return await work.finally(answered);
  }
}

/** An agent whose answers are waited for as long as they take. */
export class PatientAgent extends ssh2.BaseAgent<ParsedKey> {
  constructor(
    private readonly agent: Agent,
    private readonly patience: Patience,
  ) {
    super();
  }

  override getIdentities(callback: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
    const answered = this.patience.ask();
    this.agent.getIdentities((error, keys) => {
      answered();
      if (error) callback(error);
      else
        callback(
          undefined,
          (keys ?? []).filter((key) => 'getPublicSSH' in key),
        );
    });
  }

  override sign(
    publicKey: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const done = typeof options === 'function' ? options : callback;
    const answered = this.patience.ask();
    this.agent.sign(publicKey, data, typeof options === 'function' ? {} : options, (error, signature) => {
      answered();
      done?.(error, signature);
    });
  }

  override getStream(callback: (error: Error | undefined, stream?: Duplex) => void): void {
    this.agent.getStream?.((error, stream) => callback(error ?? undefined, stream));
  }
}
