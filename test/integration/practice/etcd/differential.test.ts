import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { after, before, describe, it } from 'node:test';
import { skipWithoutPackage } from '../clients/programs';
import { removeFolder } from '../../removeFolder';
import { temporaryFolder } from '../support';
import { accessRequests } from './accessRequests';
import { startPracticeEtcd, startRealEtcd, type Etcd } from './etcds';
import { EtcdClient } from './exchange';
import { requests } from './requests';

const skip = skipWithoutPackage('ssh') || skipWithoutPackage('etcd');

describe('the etcd of a practice node answers as the real one does', { skip, timeout: 300_000 }, () => {
  const folder = temporaryFolder();
  const opened: Etcd[] = [];
  let real: EtcdClient;
  let ours: EtcdClient;

  before(async () => {
    opened.push(await startRealEtcd(folder));
    opened.push(await startPracticeEtcd(folder));
    const [first, second] = await Promise.all(opened.map(({ url }) => EtcdClient.open(url)));
    assert.ok(first !== undefined && second !== undefined);
    [real, ours] = [first, second];
    await real.level(ours);
    await Promise.all([real.countFromNow(), ours.countFromNow()]);
  });
  after(async () => {
    for (const etcd of opened) await etcd.stop();
    await removeFolder(folder);
  });

  for (const [topic, list] of Object.entries({ ...requests, ...accessRequests })) {
    it(`about ${topic}`, async () => {
      await real.level(ours);
      const differences: object[] = [];
      for (const request of list) {
        const wanted = await real.exchange(request);
        const got = await ours.exchange(request).catch((error: unknown) => error);
        if (!isDeepStrictEqual(got, wanted)) differences.push({ got, wanted });
      }
      assert.deepEqual(differences, []);
    });
  }

  it('tells Prometheus of itself in the same words', async () => {
    const [wanted, got] = await Promise.all(opened.map(async ({ url }) => await fetch(`${url}/metrics`)));
    assert.ok(wanted !== undefined && got !== undefined);
    assert.equal(got.headers.get('content-type'), wanted.headers.get('content-type'));
    const known = new Set((await wanted.text()).split('\n').filter((line) => line.startsWith('#')));
    const said = (await got.text()).split('\n').filter((line) => line.startsWith('#'));
    assert.ok(said.length >= 30);
    assert.deepEqual(
      said.filter((line) => !known.has(line)),
      [],
    );
  });
});
