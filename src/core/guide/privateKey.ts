import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { ClusterError } from '../errors';
import type { OwnKey } from '../operator';
import type { Run } from '../plan/step';
import { privateKeySecret } from '../secretKeys';
import { fingerprintOf, rsaPublicLine } from './sshFormat';

const generate = promisify(generateKeyPair);

/**
 * 2048 bits: sshd of 2016, paramiko of the Deis controller and deisctl all take it, it is what ssh-keygen made by default
 * then, and it is ready in a fraction of a second where 4096 bits take several. The cluster lives for an evening.
 */
const MODULUS_BITS = 2_048;

/** deisctl and the Deis controller (paramiko's RSAKey) read exactly this: RSA, PKCS#1, no passphrase. */
const toPem = (key: KeyObject): string => key.export({ type: 'pkcs1', format: 'pem' }).toString();

export async function generatePrivateKey(): Promise<string> {
  const { privateKey } = await generate('rsa', { modulusLength: MODULUS_BITS });
  return toPem(privateKey);
}

/** Reads OpenSSH's own format, which node:crypto does not know; gives PEM. */
export type OpenSshReader = (text: string, passphrase?: string) => string;

/** The user's key as an unencrypted PKCS#1 PEM. @throws ClusterError keyUnusable */
export function convertPrivateKey(own: OwnKey, readOpenSsh?: OpenSshReader): string {
  const text = own.privateKey.trim();
  try {
    const isOpenSsh = text.startsWith('-----BEGIN OPENSSH PRIVATE KEY-----');
    const pem = isOpenSsh && readOpenSsh !== undefined ? readOpenSsh(text, own.passphrase) : text;
    const key = createPrivateKey({ key: pem, ...(own.passphrase === undefined ? {} : { passphrase: own.passphrase }) });
    if (key.asymmetricKeyType !== 'rsa') {
      throw unusable(`it is a key of type ${key.asymmetricKeyType ?? 'unknown'}, and Deis can use RSA only`);
    }
    return toPem(key);
  } catch (error) {
    if (ClusterError.is(error)) {
      throw error;
    }
    // The parser's own words may quote the key: they are not passed on.
    throw unusable(
      own.passphrase === undefined ? 'it is no private key, or needs its passphrase' : 'the passphrase does not fit',
    );
  }
}

const unusable = (why: string): ClusterError =>
  new ClusterError(`The SSH key cannot be used: ${why}. Choose an RSA key, or let the extension make one.`, {
    code: 'keyUnusable',
  });

/** The public half of a private PEM, as DigitalOcean wants it. */
export function describeKey(pem: string): { publicLine: string; fingerprint: string } {
  const publicLine = rsaPublicLine(createPublicKey(createPrivateKey(pem)));
  return { publicLine, fingerprint: fingerprintOf(publicLine) };
}

/** @throws ClusterError secretMissing: without it no node can be reached, and a new one would not be let in */
export async function readPrivateKey(run: Run): Promise<string> {
  const pem = await run.secrets.get(privateKeySecret(run.clusterId));
  if (pem === undefined) {
    throw new ClusterError(
      `The SSH key of cluster ${run.clusterId} is not in this computer's secret storage. Destroy the cluster and create a new one.`,
      { code: 'secretMissing', remedy: 'destroyCluster' },
    );
  }
  return pem;
}
