import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serviceOrigin } from '../../../../src/adapters/net/serviceUrl';

describe('the address of a service in the settings', () => {
  it('may end in / or /v2', () => {
    for (const text of [
      'https://api.digitalocean.com',
      'https://api.digitalocean.com/',
      'https://api.digitalocean.com/v2',
      'https://api.digitalocean.com/v2/',
    ]) {
      assert.equal(serviceOrigin(text, 'It'), 'https://api.digitalocean.com');
    }
  });

  it('may be unencrypted on this computer only', () => {
    for (const text of ['http://127.0.0.1:8400', 'http://localhost:1', 'http://[::1]:80', 'http://127.1.2.3']) {
      assert.equal(serviceOrigin(text, 'It'), new URL(text).origin);
    }
    for (const text of [
      'http://api.digitalocean.com',
      'http://127.0.0.1.example.com',
      'http://10.0.0.1',
      'http://localhost.example.com',
      'http://0.0.0.0',
    ]) {
      assert.throws(() => serviceOrigin(text, 'It'), { code: 'invalidInput', remedy: 'openSettings' }, text);
    }
  });

  it('is nothing but an address', () => {
    for (const text of [
      '',
      'api.digitalocean.com',
      'ftp://127.0.0.1',
      'file:///etc',
      'https://user:secret@host',
      'https://host/?x=1',
      'https://host/other',
      'https://host/#a',
      'javascript:1',
    ]) {
      assert.throws(() => serviceOrigin(text, 'It'), { code: 'invalidInput' }, text);
    }
  });

  it('is not repeated in the message when it holds a password', () => {
    assert.throws(
      () => serviceOrigin('https://user:secret@host', 'It'),
      ({ message }) => !String(message).includes('secret'),
    );
  });
});
