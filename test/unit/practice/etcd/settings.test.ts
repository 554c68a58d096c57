import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSettings } from '../../../../src/practice/etcd/settings';
import { bootedNode } from '../shell/node';

describe('what an etcd member listens on', () => {
  it('is the loopback alone unless the unit says more', async () => {
    const { host, kernel } = await bootedNode({});
    const ports = (urls?: string): (readonly number[])[] => {
      const settings = readSettings(host, urls === undefined ? {} : { ETCD_LISTEN_CLIENT_URLS: urls });
      return [settings.listenPorts, settings.localPorts];
    };

    assert.deepEqual(ports(), [
      [2379, 4001],
      [2379, 4001],
    ]);
    assert.deepEqual(ports('http://0.0.0.0:2379,http://127.0.0.1:4001'), [[2379, 4001], [4001]]);
    assert.deepEqual(ports('http://127.0.0.1:2379,http://10.0.0.1:2379'), [[2379], []]);
    kernel.dispose();
  });
});
