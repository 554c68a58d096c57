import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler } from '../kernel';

/** For ports that speak something else than HTTP: whoever connects is accepted and learns nothing. */
export const deaf: HttpHandler = (_request, response) => response.destroy();

/** A port that says something first, as an SSH server does, and answers nothing. */
export const greeting = (greet: () => string | undefined): HttpHandler =>
  Object.assign(deaf.bind(undefined), { greet });

export function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers });
  response.end(body);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, body === undefined ? '' : JSON.stringify(body), {
    'content-type': 'application/json',
    ...headers,
  });
}

export async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += String(chunk);
  }
  return text;
}
