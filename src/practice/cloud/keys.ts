import { fingerprintOf } from './fingerprint';
import type { KeyRecord } from './records';
import { notFound, unprocessable } from './refusal';
import type { CloudStore } from './store';

/** SSH keys of an account, found by id or by fingerprint. */
export class Keys {
  constructor(private readonly store: CloudStore) {}

  list(account: string): KeyRecord[] {
    return this.store.data.keys.filter((key) => key.account === account);
  }

  find(account: string, reference: string | number): KeyRecord | undefined {
    return this.list(account).find((key) => String(key.id) === String(reference) || key.fingerprint === reference);
  }

  get(account: string, reference: string): KeyRecord {
    const key = this.find(account, reference);
    if (key === undefined) throw notFound();
    return key;
  }

  create(account: string, request: { name: string; publicKey: string }): KeyRecord {
    if (request.name.trim() === '') throw unprocessable("Name can't be blank");
    const fingerprint = fingerprintOf(request.publicKey);
    if (fingerprint === undefined) {
      throw unprocessable('Key invalid, key should be of the format `type key [comment]`');
    }
    if (this.find(account, fingerprint) !== undefined) throw unprocessable('SSH Key is already in use on your account');
    const { name, publicKey } = request;
    const key: KeyRecord = { id: this.store.nextId(), account, name, publicKey: publicKey.trim(), fingerprint };
    this.store.data.keys.push(key);
    this.store.changed();
    return key;
  }

  rename(account: string, reference: string, name: string): KeyRecord {
    const key = this.get(account, reference);
    key.name = name;
    this.store.changed();
    return key;
  }

  delete(account: string, reference: string): void {
    const key = this.get(account, reference);
    this.store.data.keys = this.store.data.keys.filter((other) => other !== key);
    this.store.changed();
  }
}
