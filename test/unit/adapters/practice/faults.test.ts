import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { createFaultApi } from '../../../../src/adapters/practice/faults';
import type { ClusterError } from '../../../../src/core/errors';
import type { FaultApi } from '../../../../src/core/ports';
import { json, startLab, type Answer, type Lab } from '../labServer';

describe('the fault adapter', () => {
  let lab: Lab | undefined;
  afterEach(async () => {
    await lab?.close();
    lab = undefined;
  });
  const against = async (answer: Answer): Promise<FaultApi> => {
    const { origin } = (lab = await startLab(answer));
    return createFaultApi(() => Promise.resolve({ api: origin, token: 'secret' }));
  };
  const wordsOf = async (failing: Promise<unknown>): Promise<[string, string]> => {
    let words: [string, string] | undefined;
    await assert.rejects(failing, ({ code, message }: ClusterError) => {
      words = [code, message];
      return true;
    });
    return words ?? assert.fail();
  };

  it('sends a fault as it is and reads the one that is in force', async () => {
    const fault = { kind: 'clock-drifts', dropletId: 7, seconds: -90, forMs: 5_000 } as const;
    const active = { id: 'a1', fault, endsAt: 17 };
    const faults = await against((_request, response) => json(response, 201, { fault: active }));

    assert.deepEqual(await faults.add(fault), active);
    const [{ method, url, headers, body } = assert.fail()] = lab?.seen ?? [];
    assert.equal(`${method} ${url.pathname} ${body}`, `POST /practice/faults ${JSON.stringify(fault)}`);
    assert.equal(headers.authorization, 'Bearer secret');
  });

  it('lists what is in force, with how long it still is', async () => {
    const known = [
      { id: 'a', fault: { kind: 'api-lies', lie: 'garbles', times: 3 }, left: 2 },
      { id: 'b', fault: { kind: 'network-split', groups: [[1, 2], [3]] } },
    ];
    const faults = await against((_request, response) => json(response, 200, { faults: known }));

    assert.deepEqual(await faults.list(), known);
  });

  it('removes one or all, and is content with one that is gone already', async () => {
    const faults = await against(({ url }, response) =>
      url.search === '' ? response.writeHead(204).end() : json(response, 404, { id: 'not_found', message: 'Gone' }),
    );
    await faults.remove();
    await faults.remove('a&b');

    assert.deepEqual(
      lab?.seen.map(({ method, url }) => `${method} ${url.searchParams.get('id') ?? 'all'}`),
      ['DELETE all', 'DELETE a&b'],
    );
  });

  it('hands on the sentence with which a fault is refused', async () => {
    const answers = [
      { status: 404, message: 'There is no droplet 7.' },
      { status: 400, message: 'fault: seconds: Expected a number' },
    ];
    const faults = await against((_request, response) => {
      const { status = 500, message } = answers.shift() ?? {};
      json(response, status, { id: 'x', message });
    });
    const fault = { kind: 'disk-fills', dropletId: 7 } as const;

    assert.deepEqual(await wordsOf(faults.add(fault)), ['notFound', 'There is no droplet 7.']);
    assert.deepEqual(await wordsOf(faults.add(fault)), ['invalidInput', 'fault: seconds: Expected a number.']);
    assert.equal((await wordsOf(faults.add(fault)))[0], 'practiceUnavailable');
  });

  it('says that the practice cloud is gone, or speaks of something else', async () => {
    const odd = await against((_request, response) => json(response, 200, { faults: [{ id: 'a' }] }));
    assert.deepEqual(await wordsOf(odd.list()), [
      'practiceUnavailable',
      'The practice cloud does not answer as expected (/practice/faults, status 200).',
    ]);
    await lab?.close();
    const gone = lab?.origin ?? '';
    lab = undefined;
    const faults = createFaultApi(() => Promise.resolve({ api: gone, token: 'secret' }));

    assert.equal((await wordsOf(faults.list()))[0], 'practiceUnavailable');
  });

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const faults = await against(() => stop.abort());

    await assert.rejects(faults.list(stop.signal), { name: 'AbortError' });
  });
});
