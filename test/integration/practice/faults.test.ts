import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { removeFolder } from '../removeFolder';
import {
  at,
  createActive,
  dropletRequest,
  listAt,
  startPractice,
  temporaryFolder,
  TOKEN,
  until,
  type Practice,
} from './support';

describe('faults on demand', () => {
  let folder: string;
  let practice: Practice;
  before(async () => {
    folder = temporaryFolder();
    practice = await startPractice('--speed', 'max', '--state', folder);
  });
  after(async () => {
    await practice.kill();
    await removeFolder(folder);
  });
  afterEach(async () => {
    await practice.call('DELETE', '/practice/faults');
  });
  const add = async (fault: object): Promise<string> => {
    const { status, json, text } = await practice.call('POST', '/practice/faults', { body: fault });
    assert.equal(status, 201, text);
    return String(at(json, 'fault.id'));
  };
  const kinds = async (): Promise<unknown[]> =>
    listAt((await practice.call('GET', '/practice/faults')).json, 'faults').map((one) => at(one, 'fault.kind'));
  const names = async (): Promise<unknown[]> =>
    listAt((await practice.call('GET', '/v2/droplets')).json, 'droplets').map((droplet) => at(droplet, 'name'));
  const restart = async (): Promise<void> => {
    await practice.kill('SIGKILL');
    practice = await startPractice('--speed', 'max', '--state', folder);
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
    await add({ kind: 'api-loses-reply', method: 'POST', path: '/v2/droplets', times: 1 });
    await assert.rejects(practice.call('POST', '/v2/droplets', { body: dropletRequest(['made']) }));
    await add({ kind: 'api-breaks', method: 'POST', path: '/v2/droplets', times: 1 });
    await assert.rejects(practice.call('POST', '/v2/droplets', { body: dropletRequest(['not-made']) }));

    assert.deepEqual(await names(), ['made']);
  });

  it('leave droplets out of lists, and not when one is asked for by its id', async () => {
    const ids = await createActive(practice, ['a', 'b', 'c']);
    const all = (await names()).length;
    const id = await add({ kind: 'api-lies', lie: 'forgets-droplets' });
    assert.equal((await names()).length, Math.ceil(all / 2));
    for (const one of ids) assert.equal((await practice.call('GET', `/v2/droplets/${one}`)).status, 200);

    await practice.call('DELETE', `/practice/faults?id=${id}`);
    assert.equal((await names()).length, all);
  });

  it('call a droplet active that has no power', async () => {
    const [id = 0] = await createActive(practice, ['dark']);
    await until(
      () => practice.call('GET', `/v2/droplets/${id}`),
      ({ json }) => at(json, 'droplet.locked') === false,
    );
    await add({ kind: 'node-loses-power', dropletId: id });
    const status = async (): Promise<unknown> =>
      at((await practice.call('GET', `/v2/droplets/${id}`)).json, 'droplet.status');
    assert.equal(await status(), 'off');
    await add({ kind: 'api-lies', lie: 'says-active', times: 1 });

    assert.deepEqual([await status(), await status()], ['active', 'off']);
  });

  it('answer a read with half a JSON, and a write that has had its effect with a web page', async () => {
    const raw = async (): Promise<string> =>
      await (await fetch(`${practice.api}/v2/sizes`, { headers: { authorization: `Bearer ${TOKEN}` } })).text();
    await add({ kind: 'api-lies', lie: 'garbles', path: '/v2/sizes', times: 1 });
    const [half, whole] = [await raw(), await raw()];
    assert.equal(half, whole.slice(0, Math.ceil(whole.length / 2)));
    await add({ kind: 'api-lies', lie: 'garbles', method: 'POST', path: '/v2/droplets', times: 1 });
    const page = await practice.call('POST', '/v2/droplets', { body: dropletRequest(['behind-the-lie']) });

    assert.deepEqual([page.status, page.headers['content-type']], [202, 'text/html']);
    assert.match(page.text, /^<html>/);
    assert.ok((await names()).includes('behind-the-lie'));
  });

  it('are listed, survive a restart and can be removed one by one', async () => {
    const [one = 0, two = 0] = await createActive(practice, ['one', 'two']);
    const id = await add({ kind: 'api-refuses', path: '/new' });
    await add({ kind: 'network-split', groups: [[one], [two]] });
    assert.equal((await practice.call('GET', '/new?size=3')).status, 500);
    await restart();
    assert.deepEqual(await kinds(), ['api-refuses', 'network-split']);

    assert.equal((await practice.call('DELETE', `/practice/faults?id=${id}`)).status, 204);
    assert.equal((await practice.call('DELETE', `/practice/faults?id=${id}`)).status, 404);
    assert.equal((await practice.call('GET', '/new?size=3')).status, 200);
  });

  it('end by themselves after their time, over a restart too', async () => {
    await add({ kind: 'api-refuses', path: '/v2/sizes', forMs: 3_600_000 });
    await restart();
    assert.deepEqual(await kinds(), ['api-refuses']);

    await add({ kind: 'api-delays', path: '/v2/regions', ms: 3_600_001 });
    await practice.call('GET', '/v2/regions'); // Time passes while it is waited for.
    assert.deepEqual(await kinds(), ['api-delays']);
    assert.equal((await practice.call('GET', '/v2/sizes')).status, 200);
  });

  it('of every kind end by themselves, a node without power included', async () => {
    const [id = 0, other = 0] = await createActive(practice, ['for-a-while', 'beside-it']);
    const forMs = 6 * 3_600_000; // time jumps from one thing that is waited for to the next
    const all: readonly object[] = [
      ...['node-hangs', 'disk-fills', 'ssh-refuses', 'ssh-hangs', 'ssh-changes-host-key'].map((kind) => ({ kind })),
      ...[{ kind: 'clock-drifts', ppm: 500 }, { kind: 'ssh-breaks', afterBytes: 10 }, { kind: 'node-loses-power' }],
    ].map((fault) => ({ ...fault, dropletId: id, forMs }));
    await until(
      () => practice.call('GET', `/v2/droplets/${id}`),
      ({ json }) => at(json, 'droplet.locked') === false,
    );
    for (const fault of all) await add(fault);
    await add({ kind: 'network-split', groups: [[id], [other]], forMs });
    assert.equal((await kinds()).length, all.length + 1);
    assert.equal(at((await practice.call('GET', `/v2/droplets/${id}`)).json, 'droplet.status'), 'off');

    await add({ kind: 'api-delays', path: '/v2/regions', ms: forMs + 1, forMs: 2 * forMs });
    await practice.call('GET', '/v2/regions'); // Time passes while it is waited for.
    assert.deepEqual(await kinds(), ['api-delays']);
    await until(
      () => practice.call('GET', `/v2/droplets/${id}`),
      ({ json }) => at(json, 'droplet.status') === 'active',
    );
  });

  it('give a droplet its power back when they are removed, and are over when somebody else does', async () => {
    const [id = 0] = await createActive(practice, ['crashes']);
    const settled = (status: string): Promise<unknown> =>
      until(
        () => practice.call('GET', `/v2/droplets/${id}`),
        ({ json }) => at(json, 'droplet.status') === status && at(json, 'droplet.locked') === false,
      );
    await settled('active');
    const fault = await add({ kind: 'node-loses-power', dropletId: id });
    await settled('off');
    await restart();
    await settled('off');
    await practice.call('DELETE', `/practice/faults?id=${fault}`);
    await settled('active');

    await add({ kind: 'node-loses-power', dropletId: id });
    await practice.call('POST', `/v2/droplets/${id}/actions`, { body: { type: 'power_on' } });
    await settled('active');
    assert.deepEqual(await kinds(), []);
  });

  it('go with their droplet', async () => {
    const [id = 0] = await createActive(practice, ['short-lived']);
    await until(
      () => practice.call('GET', `/v2/droplets/${id}`),
      ({ json }) => at(json, 'droplet.locked') === false,
    );
    await add({ kind: 'ssh-refuses', dropletId: id });
    await practice.call('DELETE', `/v2/droplets/${id}`);
    await until(
      () => practice.call('GET', '/practice/faults'),
      ({ json }) => listAt(json, 'faults').length === 0,
    );
  });

  it('are refused when nobody could carry them out, each with what is wrong with it', async () => {
    const [id = 0] = await createActive(practice, ['alone']);
    const wrong: readonly (readonly [object, number, RegExp])[] = [
      [{ kind: 'earthquake' }, 400, /fault: kind: /],
      [{ kind: 'api-delays' }, 400, /fault: ms: /],
      [{ kind: 'api-lies', lie: 'white' }, 400, /fault: lie: /],
      [{ kind: 'node-hangs', dropletId: 'x' }, 400, /fault: dropletId: /],
      [{ kind: 'clock-drifts', dropletId: id, seconds: 0 }, 400, /fault: seconds: neither seconds nor ppm/],
      [{ kind: 'clock-drifts', dropletId: id, ppm: 1_000_000 }, 400, /fault: ppm: /],
      [{ kind: 'network-split', groups: [[id]] }, 400, /fault: groups: /],
      [{ kind: 'network-split', groups: [[id], [id]] }, 400, new RegExp(`Droplet ${id} is in two groups\\.`)],
      [{ kind: 'node-hangs', dropletId: 99 }, 404, /There is no droplet 99\./],
      [{ kind: 'network-split', groups: [[id], [99]] }, 404, /There is no droplet 99\./],
    ];
    for (const [body, status, words] of wrong) {
      const answer = await practice.call('POST', '/practice/faults', { body });
      assert.equal(answer.status, status, JSON.stringify(body));
      assert.match(String(at(answer.json, 'message')), words);
    }
    assert.deepEqual(await kinds(), []);
  });

  it('of a droplet that has just been asked for wait for it, unless they are done inside it', async () => {
    const slow = await startPractice('--speed', '1');
    try {
      const made = await slow.call('POST', '/v2/droplets', { body: dropletRequest(['early']) });
      const dropletId = Number(at(made.json, 'droplets.0.id'));
      const ask = (kind: string): ReturnType<Practice['call']> =>
        slow.call('POST', '/practice/faults', { body: { kind, dropletId } });
      const refused = await ask('disk-fills');

      assert.equal(refused.status, 400);
      assert.equal(at(refused.json, 'message'), `Droplet ${dropletId} has not booted yet.`);
      assert.equal((await ask('ssh-refuses')).status, 201);
    } finally {
      await slow.kill();
    }
  });
});
