import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { at, dropletRequest, listAt, removeFolder, startPractice, temporaryFolder, type Practice } from './support';

describe('faults on demand', () => {
  let folder: string;
  let practice: Practice;
  before(async () => {
    folder = temporaryFolder();
    practice = await startPractice('--speed', 'max', '--state', folder);
  });
  after(async () => {
    await practice.kill();
    removeFolder(folder);
  });
  afterEach(async () => {
    await practice.call('DELETE', '/practice/faults');
  });
  const add = async (fault: object): Promise<string> => {
    const { status, json, text } = await practice.call('POST', '/practice/faults', { body: fault });
    assert.equal(status, 201, text);
    return String(at(json, 'fault.id'));
  };

  it('refuse as many calls as they are told to, and no others', async () => {
    await add({ kind: 'api-refuses', status: 503, method: 'GET', path: '/v2/sizes', times: 2 });
    const statuses: number[] = [];
    for (const path of ['/v2/sizes', '/v2/regions', '/v2/sizes', '/v2/sizes']) {
      statuses.push((await practice.call('GET', path)).status);
    }

    assert.deepEqual(statuses, [503, 200, 503, 200]);
  });

  it('lose a reply after its effect, or break before it', async () => {
    const names = async (): Promise<unknown[]> =>
      listAt((await practice.call('GET', '/v2/droplets')).json, 'droplets').map((droplet) => at(droplet, 'name'));
    await add({ kind: 'api-loses-reply', method: 'POST', path: '/v2/droplets', times: 1 });
    await assert.rejects(practice.call('POST', '/v2/droplets', { body: dropletRequest(['made']) }));
    await add({ kind: 'api-breaks', method: 'POST', path: '/v2/droplets', times: 1 });
    await assert.rejects(practice.call('POST', '/v2/droplets', { body: dropletRequest(['not-made']) }));

    assert.deepEqual(await names(), ['made']);
  });

  it('are listed, survive a restart and can be removed one by one', async () => {
    const id = await add({ kind: 'api-refuses', path: '/new' });
    await add({ kind: 'network-split', groups: [[1, 2], [3]] });
    assert.equal((await practice.call('GET', '/new?size=3')).status, 500);
    await practice.call('POST', '/v2/tags', { body: { name: 'saved' } });
    await practice.kill('SIGKILL');
    practice = await startPractice('--speed', 'max', '--state', folder);
    const { json } = await practice.call('GET', '/practice/faults');
    assert.deepEqual(
      listAt(json, 'faults').map((fault) => at(fault, 'kind')),
      ['api-refuses', 'network-split'],
    );

    assert.equal((await practice.call('DELETE', `/practice/faults?id=${id}`)).status, 204);
    assert.equal((await practice.call('DELETE', `/practice/faults?id=${id}`)).status, 404);
    assert.equal((await practice.call('GET', '/new?size=3')).status, 200);
  });

  it('are refused when nobody could carry them out', async () => {
    for (const fault of [{ kind: 'earthquake' }, { kind: 'api-delays' }, { kind: 'node-hangs', dropletId: 'x' }]) {
      const { status } = await practice.call('POST', '/practice/faults', { body: fault });
      assert.equal(status, 400, JSON.stringify(fault));
    }
  });
});
