import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpHandler, Timeline } from '../kernel';
import { badRequest, forbidden, notFound, Refusal } from '../cloud/refusal';
import type { Faults } from '../faults/faults';
import { isDiscoveryPath } from './discovery/handler';
import { lieInReply, loseReply, replyOf, send } from './http';
import { isFromLoopback } from './loopbackOnly';
import type { ApiHandler } from './v2/handler';

interface Parts {
  readonly v2: ApiHandler;
  readonly control: ApiHandler;
  readonly discovery: HttpHandler;
  readonly timeline: Timeline;
  /** Somebody outside is using the cloud. */
  readonly touch: () => void;
  readonly faults: Faults;
  /** Sees each request before it is answered. */
  readonly watch: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A client that sends its request byte by byte is cut off: a loopback is fast, and time stands still over a request. */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 2_000 };

const ATTACH = '/practice/attach';

/** The one HTTP server of the practice cloud. It listens on loopback and answers nothing that came in under another name. */
export class PracticeServer {
  readonly #server: Server;

  constructor(private readonly parts: Parts) {
    this.#server = createServer(LIMITS, (request, response) => {
      parts.watch(request, response);
      this.#answer(request, response).catch((error: unknown) => {
        response.destroy();
        throw error; // the process says it
      });
    });
  }

  /** Resolves with the port; rejects when it is taken. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        // Listening on TCP: the address is an AddressInfo.
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isFromLoopback(request)) {
      send(response, replyOf(forbidden(), 'practice'));
      return;
    }
    const base = `http://${request.headers.host ?? '127.0.0.1'}`;
    if (!URL.canParse(request.url ?? '/', base)) {
      send(response, replyOf(badRequest('The address of the request is malformed.'), 'practice'));
      return;
    }
    const url = new URL(request.url ?? '/', base);
    this.parts.touch();
    if (!url.pathname.startsWith('/practice/') && !(await this.#surviveFaults(request, response, url))) return;
    if (isDiscoveryPath(url.pathname)) {
      this.parts.discovery(request, response);
      return;
    }
    // Time does not jump over a request that is being answered; an attachment lasts as long as its window.
    const release = url.pathname === ATTACH ? undefined : this.parts.timeline.hold();
    try {
      if (url.pathname.startsWith('/v2/')) await this.parts.v2(request, response, url);
      else if (url.pathname.startsWith('/practice/')) await this.parts.control(request, response, url);
      else send(response, replyOf(notFound(), 'practice'));
    } finally {
      release?.();
    }
  }

  /** False when a fault that was asked for has already ended the call. */
  async #surviveFaults(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    for (const effect of this.parts.faults.takeForCall(request.method ?? 'GET', url.pathname)) {
      switch (effect.kind) {
        case 'api-refuses':
          send(response, replyOf(new Refusal(effect.status, 'server_error', effect.message), randomUUID()));
          return false;
        case 'api-delays':
          await this.parts.timeline.sleep(effect.ms);
          break;
        case 'api-breaks':
          request.socket.destroy();
          return false;
        case 'api-loses-reply':
          loseReply(response);
          break;
        case 'api-lies':
          lieInReply(response, effect.lie);
          break;
      }
    }
    return true;
  }
}
