/** An answer of the API that is no success: status, DigitalOcean's id for it, and the words a client shows. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: number,
    readonly id: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export function notFound(): Refusal {
  return new Refusal(404, 'not_found', 'The resource you were accessing could not be found.');
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'bad_request', message);
}

export function unprocessable(message: string): Refusal {
  return new Refusal(422, 'unprocessable_entity', message);
}

export function forbidden(message = 'You do not have access for the attempted action.'): Refusal {
  return new Refusal(403, 'forbidden', message);
}

export function unauthorized(): Refusal {
  return new Refusal(401, 'unauthorized', 'Unable to authenticate you');
}
