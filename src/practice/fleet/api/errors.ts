/** An answer of fleet's API that is an error: `{"error":{"code":404,"message":"unit does not exist"}}`. */
export class FleetApiError extends Error {
  override readonly name = 'FleetApiError';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const noEtcd = (): FleetApiError => new FleetApiError(503, 'fleet server unable to communicate with etcd');

/** The handler of a request panicked: Go's server closes the connection without a word. */
export class HandlerPanic extends Error {
  override readonly name = 'HandlerPanic';
}
