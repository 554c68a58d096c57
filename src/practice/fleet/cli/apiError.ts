/** What a call of fleet's API came to, in the words of Google's Go client. */
export class ApiCallError extends Error {
  override readonly name = 'ApiCallError';

  constructor(
    message: string,
    /** Undefined when there was no answer at all. */
    readonly status?: number,
  ) {
    super(message);
  }

  static fromReply(status: number, text: string, message: string): ApiCallError {
    return new ApiCallError(
      message === ''
        ? `googleapi: got HTTP response code ${status} with body: ${text}`
        : `googleapi: Error ${status}: ${message}`,
      status,
    );
  }
}
