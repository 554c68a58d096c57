import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpHandler } from '../kernel';

/** One HTTP server for every listener inside every node: a connection is given to it together with its handler. */
export class InnerHttp {
  readonly #handlers = new WeakMap<object, HttpHandler>();
  readonly #server: Server;

  constructor() {
    // Long polls of etcd last for minutes of virtual time; the model's clients have deadlines of their own.
    this.#server = createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
      const handler = this.#handlers.get(request.socket);
      if (handler === undefined) response.destroy();
      else handler(request, response);
    });
  }

  accept(stream: Duplex, handler: HttpHandler): void {
    this.#handlers.set(stream, handler);
    this.#server.emit('connection', stream);
  }

  dispose(): void {
    this.#server.close();
  }
}
