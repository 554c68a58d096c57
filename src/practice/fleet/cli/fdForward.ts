import { Duplex } from 'node:stream';
import type { HttpHandler } from '../../kernel';
import { serveHttp } from '../../ssh/forwarding';
import type { Verb } from './call';

/**
 * `fleetctl fd-forward SOCKET`: what `--tunnel` runs on the far side; bytes go to the socket and back. A socket that is not there is
 * no failure to it (fleetctl/fdforward.go): the near side sees an end of file.
 */
export const fdForward: Verb = async (call) => {
  const { context, args } = call;
  const { session, host } = context;
  const [socketPath = '', ...more] = args;
  if (socketPath === '' || more.length > 0) {
    call.err('Provide a single argument');
    return 1;
  }
  const handler = host.listener({ socketPath });
  if (handler === undefined || session === undefined) {
    call.err(`Failed dialing remote address: dial unix ${socketPath}: connect: no such file or directory`);
    return 0;
  }
  const answers = new PendingAnswers();
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Uint8Array, _encoding, done) => {
      session.stdoutBytes(chunk);
      done();
    },
  });
  serveHttp(stream, answers.watch(handler));
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  const stop = (): void => void stream.destroy();
  context.signal.addEventListener('abort', stop, { once: true });
  const pump = async (): Promise<void> => {
    for (let chunk = await session.readSome(); chunk !== undefined; chunk = await session.readSome()) {
      stream.push(chunk);
    }
    // The far side has said everything; it still wants to hear what it asked for.
    await answers.done();
    stream.push(null);
  };
  await Promise.race([pump().then(() => closed), closed]);
  context.signal.removeEventListener('abort', stop);
  return 0;
};

/** Knows whether an answer is still to come. */
class PendingAnswers {
  #pending = 0;
  #tell: () => void = () => undefined;

  watch(handler: HttpHandler): HttpHandler {
    return (request, response) => {
      this.#pending += 1;
      response.once('close', () => {
        this.#pending -= 1;
        this.#tell();
      });
      handler(request, response);
    };
  }

  async done(): Promise<void> {
    await new Promise(setImmediate); // What came last is parsed first.
    while (this.#pending > 0) {
      await new Promise<void>((resolve) => (this.#tell = resolve));
    }
  }
}
