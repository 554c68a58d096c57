import type { Log } from './ports';

const HIDDEN = '[hidden]';

/** What a secret looks like, wherever it comes from. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // DigitalOcean's tokens: personal, OAuth and refresh (openapi, securitySchemes).
  [/\bdo[opr]_v1_[0-9a-zA-Z]+/g, HIDDEN],
  [/\bbearer\s+[\w.~+/=-]{8,}/gi, `Bearer ${HIDDEN}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  // The same in base64, as `deisctl config platform set sshPrivateKey=` echoes it: it begins with "-----BEGIN".
  [/LS0tLS1CRUdJT[A-Za-z0-9+/=]*/g, HIDDEN],
  // A discovery URL ends in 32 hex digits, or in a UUID when the discovery service is an etcd of one's own.
  [/(https?:\/\/[^\s"'<>]*\/)[0-9a-f]{32}(?![0-9a-f])/g, `$1${HIDDEN}`],
  [/(_etcd\/registry\/)[0-9a-f-]{32,36}/g, `$1${HIDDEN}`],
];

/** Shorter ones would black out ordinary words. */
const SHORTEST_SECRET = 6;

/** Takes secrets out of text: those that are known by shape, and those it was told at run time. */
export class Redactor {
  readonly #exact = new Set<string>();

  /** From now on this very text, its lines, its base64 and its JSON form are hidden. */
  add(secret: string): void {
    for (const form of [
      secret,
      ...secret.split(/\r?\n/),
      Buffer.from(secret).toString('base64'),
      encodeURIComponent(secret),
    ]) {
      if (form.trim().length >= SHORTEST_SECRET && !form.startsWith('-----')) {
        this.#exact.add(form);
      }
    }
  }

  redact(text: string): string {
    let clean = text;
    for (const [pattern, replacement] of PATTERNS) {
      clean = clean.replace(pattern, replacement);
    }
    for (const secret of this.#exact) {
      clean = clean.replaceAll(secret, HIDDEN);
    }
    return clean;
  }
}

/** A log that never sees a secret, in a message or anywhere in an error's chain of causes. */
export function redactingLog(log: Log, redactor: Redactor): Log {
  return {
    debug: (message) => log.debug(redactor.redact(message)),
    info: (message) => log.info(redactor.redact(message)),
    warn: (message) => log.warn(redactor.redact(message)),
    error: (message, error) => log.error(redactor.redact([message, ...describeCauses(error)].join('\n  caused by '))),
  };
}

/** The chain of causes as text. Stacks only of what nobody foresaw. */
function describeCauses(error: unknown): string[] {
  const lines: string[] = [];
  for (let cause = error, depth = 0; cause !== undefined && depth < 8; depth++) {
    if (!(cause instanceof Error)) {
      lines.push(typeof cause === 'string' ? cause : typeof cause);
      break;
    }
    lines.push(cause.name === 'ClusterError' ? `${cause.name}: ${cause.message}` : (cause.stack ?? cause.message));
    cause = cause.cause;
  }
  return lines;
}

/** The secrets of a store become known to the redactor as they pass. */
export function rememberSecret<T extends string | undefined>(redactor: Redactor, secret: T): T {
  if (secret !== undefined) {
    redactor.add(secret);
  }
  return secret;
}
