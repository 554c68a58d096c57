import type { Host } from '../kernel';

const CONFIG = '/etc/ssh/sshd_config';
/** One setting under the names it had in OpenSSH 7 and has had since 8.5 (sshd_config(5)). */
const KEY_TYPES = /^\s*(?:PubkeyAcceptedKeyTypes|PubkeyAcceptedAlgorithms)\s+(\S+)/im;

/**
 * Whether a signature of this kind lets somebody in: all do, as in OpenSSH 7.1, unless sshd's configuration takes some away. It is
 * read at each login, as a daemon does that systemd's socket starts for each connection.
 */
export async function acceptsSignature(host: Host, algorithm: string): Promise<boolean> {
  const text = (await host.files.exists(CONFIG)) ? await host.files.readFile(CONFIG) : '';
  const given = KEY_TYPES.exec(text)?.[1];
  if (given === undefined || given.startsWith('+') || given.startsWith('^')) {
    return true;
  }
  const isNamed = given
    .replace(/^-/, '')
    .split(',')
    .some((pattern) => matches(pattern, algorithm));
  return given.startsWith('-') ? !isNamed : isNamed;
}

/** The patterns of ssh_config(5) with a `*` at the end, which is all that is used in such lists. */
const matches = (pattern: string, algorithm: string): boolean =>
  pattern.endsWith('*') ? algorithm.startsWith(pattern.slice(0, -1)) : pattern === algorithm;
