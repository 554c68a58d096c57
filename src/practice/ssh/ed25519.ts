import ssh2 from 'ssh2';

interface Pair {
  readonly private: string;
  readonly public: string;
}

/** 4 + 11 for the type's name, 4 + 32 for the key; RFC 8709, 4. */
const BLOB_BYTES = 51;

/**
 * ssh2 1.17 takes a leading zero off the public half, which makes one key in 256 unusable for it and for everybody else (its
 * lib/keygen.js reads a bit string like an integer): such a pair is thrown away.
 */
export function makeEd25519Pair(comment = ''): Pair {
  for (;;) {
    const pair: Pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    const blob = Buffer.from(pair.public.split(' ')[1] ?? '', 'base64');
    if (blob.length === BLOB_BYTES) return pair;
  }
}
