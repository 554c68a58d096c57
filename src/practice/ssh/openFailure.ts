import type { Connection } from 'ssh2';

export interface Reasons {
  reject(reject: () => unknown, words: string): void;
}

type Fail = (recipient: number, reason: number, description: string) => void;

/**
 * OpenSSH says in words why a channel can't be opened and clients print them; ssh2's `reject` leaves them empty. They are put in
 * where it hands the message to its protocol.
 */
export function nameReasons(connection: Connection): Reasons {
  const protocol: unknown = Reflect.get(connection, '_protocol');
  let words = '';
  if (isProtocol(protocol)) {
    const fail = protocol.channelOpenFail.bind(protocol);
    protocol.channelOpenFail = (recipient, reason, description) =>
      fail(recipient, reason, description === '' ? words : description);
  }
  return {
    reject: (reject, description) => {
      words = description;
      reject();
      words = '';
    },
  };
}

const isProtocol = (value: unknown): value is { channelOpenFail: Fail } =>
  typeof value === 'object' &&
  value !== null &&
  'channelOpenFail' in value &&
  typeof value.channelOpenFail === 'function';
