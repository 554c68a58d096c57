import type { EtcdWrite } from '../api';
import { EtcdError } from '../errors';
import { isTrue, optionalFlag, wholeNumber, type Form } from './form';

/** All that a request to /v2/keys may ask for. */
export interface KeyRequest {
  readonly recursive: boolean;
  readonly sorted: boolean;
  readonly quorum: boolean;
  readonly wait: boolean;
  readonly stream: boolean;
  readonly dir: boolean;
  readonly refresh: boolean;
  readonly noValueOnSuccess: boolean;
  readonly waitIndex: number;
  readonly prevIndex: number | undefined;
  readonly prevValue: string | undefined;
  readonly prevExist: boolean | undefined;
  readonly ttlSeconds: number | undefined;
  readonly value: string;
}

/** Reads every field whatever the method, and in etcd's order: the first bad one is the one complained of (etcd 3.4, `parseKeyRequest`). */
export function readKeyRequest(form: Form, method: string): KeyRequest {
  const prevIndex = wholeNumber(form, 'prevIndex');
  const indexes = {
    prevIndex: prevIndex === undefined ? undefined : Number(prevIndex),
    waitIndex: Number(wholeNumber(form, 'waitIndex') ?? 0),
  };
  const flags = {
    recursive: isTrue(form, 'recursive'),
    sorted: isTrue(form, 'sorted'),
    wait: isTrue(form, 'wait'),
    dir: isTrue(form, 'dir'),
    quorum: isTrue(form, 'quorum'),
    stream: isTrue(form, 'stream'),
  };
  if (flags.wait && method !== 'GET') {
    throw new EtcdError(209, '"wait" can only be used with GET requests', 0);
  }
  const prevValue = previousValue(form);
  const noValueOnSuccess = isTrue(form, 'noValueOnSuccess');
  const ttl = form.get('ttl');
  const ttlSeconds = ttl === null || ttl === '' ? undefined : secondsIn(wholeNumber(form, 'ttl', 202) ?? 0n);
  const prevExist = optionalFlag(form, 'prevExist');
  const refresh = readRefresh(form, ttlSeconds);
  const value = form.get('value') ?? '';
  return { ...indexes, ...flags, prevValue, noValueOnSuccess, ttlSeconds, prevExist, refresh, value };
}

/** A duration of Go counts nanoseconds in 64 bits, and what does not fit runs over. */
const secondsIn = (ttl: bigint): number => Number(BigInt.asIntN(64, ttl * 1_000_000_000n)) / 1e9;

function readRefresh(form: Form, ttlSeconds: number | undefined): boolean {
  const refresh = optionalFlag(form, 'refresh') ?? false;
  if (refresh && (form.get('value') ?? '') !== '') {
    throw new EtcdError(211, 'A value was provided on a refresh', 0);
  }
  if (refresh && ttlSeconds === undefined) {
    throw new EtcdError(212, 'No TTL value set', 0);
  }
  return refresh;
}

/** @throws EtcdError 201 */
function previousValue(form: Form): string | undefined {
  const value = form.get('prevValue');
  if (value === '') {
    throw new EtcdError(201, '"prevValue" cannot be empty', 0);
  }
  return value ?? undefined;
}

/** What of it a write is about. */
export function writeOf(asked: KeyRequest): EtcdWrite {
  const { value, dir, refresh, ttlSeconds, prevExist } = asked;
  return {
    ...{ value, dir, refresh },
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    ...(prevExist === undefined ? {} : { prevExist }),
    ...comparedBy(asked),
  };
}

export function comparedBy({ prevValue, prevIndex }: KeyRequest): { prevValue?: string; prevIndex?: number } {
  return {
    ...(prevValue === undefined ? {} : { prevValue }),
    ...(prevIndex === undefined ? {} : { prevIndex }),
  };
}
