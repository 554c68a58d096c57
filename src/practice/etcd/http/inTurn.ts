import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpHandler } from '../../kernel';

/** The last answer under way on each connection. */
const last = new WeakMap<Duplex, ServerResponse>();

/** Requests that a client sends without waiting for answers are looked at one after another, as Go's server does. */
export const inTurn =
  (handler: HttpHandler): HttpHandler =>
  (request, response) => {
    const before = last.get(request.socket);
    last.set(request.socket, response);
    if (before === undefined || before.writableEnded || before.destroyed) {
      handler(request, response);
      return;
    }
    before.once('finish', () => handler(request, response));
  };
