import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { DigitalOcean } from 'digitalocean-js';
import type { Access } from '../../../../src/adapters/digitalocean/call';
import { createCloudApi } from '../../../../src/adapters/digitalocean/cloudApi';
import { ClusterError } from '../../../../src/core/errors';
import type { CloudApi } from '../../../../src/core/ports';
import { fakeClock } from '../fakeClock';
import { json, startLab, type Answer, type Lab } from '../labServer';

const TOKEN = 'dop_v1_0123456789abcdef';

async function withLab(
  answer: Answer,
  test: (lab: Lab, cloud: CloudApi, clock: ReturnType<typeof fakeClock>) => Promise<void>,
  deadlineMs?: number,
): Promise<void> {
  const lab = await startLab(answer);
  const clock = fakeClock();
  try {
    await test(
      lab,
      cloudAt(lab.origin, TOKEN, { clock, ...(deadlineMs !== undefined && { callMs: deadlineMs }) }),
      clock,
    );
  } finally {
    await lab.close();
  }
}

function cloudAt(
  origin: string,
  token: string,
  access: Pick<Access, 'clock' | 'callMs'> = { clock: fakeClock() },
): CloudApi {
  return createCloudApi({ ...access, endpoint: () => Promise.resolve({ origin, token }) });
}

async function rejection(promise: Promise<unknown>): Promise<ClusterError> {
  const error: unknown = await promise.then(
    () => assert.fail('it should have failed'),
    (reason: unknown) => reason,
  );
  assert.ok(ClusterError.is(error), inspect(error));
  return error;
}

const account = { uuid: 'u1', email: 'a@example.com', status: 'active', email_verified: true, droplet_limit: 10 };
const droplet = (id: number, name = `deis-${id}`): object => ({
  id,
  name,
  status: 'new',
  locked: true,
  created_at: '2026-11-23T09:40:49Z',
  region: { slug: 'nyc3' },
  size_slug: '512mb',
  size: { price_hourly: 0.00744, price_monthly: 5 },
  networks: { v4: [], v6: [] },
  tags: ['deis-cluster:x'],
});

describe('two accounts in one process', () => {
  it('keep their own token and address while their requests are under way together', async () => {
    const answer: Answer = (request, response) => {
      // The later a request came, the sooner it is answered.
      setTimeout(() => json(response, 200, { account: { ...account, uuid: request.headers.authorization } }), 20);
    };
    const [one, two] = [await startLab(answer), await startLab(answer)];
    const [a, b] = [cloudAt(one.origin, 'token-a'), cloudAt(two.origin, 'token-b')];

    const uuids = (await Promise.all([a, b, a, b, b, a].map((cloud) => cloud.getAccount()))).map(({ uuid }) => uuid);

    const [ta, tb] = ['Bearer token-a', 'Bearer token-b'];
    assert.deepEqual(uuids, [ta, tb, ta, tb, tb, ta]);
    assert.deepEqual(new Set(one.seen.map(({ headers }) => headers.authorization)), new Set([ta]));
    await one.close();
    await two.close();
  });

  it('are not disturbed by somebody else who constructs the library, and lend nobody their token', async () => {
    await withLab(
      (_, response) => json(response, 200, { account }),
      async (lab, cloud) => {
        await cloud.getAccount();
        const foreign = new DigitalOcean('foreign', 'http://127.0.0.1:1');

        await cloud.getAccount();
        await assert.rejects(foreign.account.getUserInformation(), /outside of a session/);

        assert.deepEqual(
          lab.seen.map(({ headers }) => headers.authorization),
          [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`],
        );
      },
    );
  });

  it('use a new token at the next request', async () => {
    await withLab(
      (_, response) => json(response, 200, { account }),
      async (lab) => {
        let token = 'old';
        const endpoint = () => Promise.resolve({ origin: lab.origin, token });
        const cloud = createCloudApi({ clock: fakeClock(), endpoint });

        await cloud.getAccount();
        token = 'new';
        await cloud.getAccount();

        assert.deepEqual(
          lab.seen.map(({ headers }) => headers.authorization),
          ['Bearer old', 'Bearer new'],
        );
      },
    );
  });
});

describe('lists', () => {
  it('are read to their last page, 200 items each, keeping the filter', async () => {
    await withLab(
      (request, response) => {
        const page = Number(request.url.searchParams.get('page') ?? '1');
        const next = `http://${request.headers.host ?? ''}/v2/droplets?page=${page + 1}`;
        const droplets = Array.from({ length: page < 3 ? 200 : 50 }, (_, index) => droplet(page * 1000 + index));
        json(response, 200, { droplets, links: page < 3 ? { pages: { next } } : {}, meta: { total: 450 } });
      },
      async (lab, cloud) => {
        const droplets = await cloud.listDropletsByTag('deis-cluster:x');

        assert.equal(droplets.length, 450);
        assert.deepEqual(
          lab.seen.map(({ url }) => url.search),
          [1, 2, 3].map((page) => `?tag_name=deis-cluster:x&page=${page}&per_page=200`),
        );
      },
    );
  });

  it('are not followed to another server', async () => {
    const next = 'http://127.0.0.2:9/v2/droplets?page=2';
    await withLab(
      (request, response) => {
        const links = request.url.searchParams.get('page') === '1' ? { pages: { next } } : {};
        json(response, 200, { droplets: [], links });
      },
      async (lab, cloud) => {
        assert.equal((await rejection(cloud.listDropletsByTag('t'))).code, 'badReply');
        assert.equal(lab.seen.length, 1);
      },
    );
  });

  it('that lead back to the same page are given up', async () => {
    await withLab(
      (request, response) => {
        const next = `http://${request.headers.host ?? ''}/v2/regions?page=1`;
        json(response, 200, { regions: [], links: { pages: { next } } });
      },
      async (lab, cloud) => {
        assert.equal((await rejection(cloud.listRegions())).code, 'badReply');
        assert.equal(lab.seen.length, 1);
      },
    );
  });

  it('of an empty tag are refused before anything is sent: they would be every droplet of the account', async () => {
    await withLab(
      (_, response) => json(response, 200, { droplets: [] }),
      async (lab, cloud) => {
        assert.equal((await rejection(cloud.listDropletsByTag(''))).code, 'invalidInput');
        assert.equal((await rejection(cloud.listDropletsByName(''))).code, 'invalidInput');
        assert.equal(lab.seen.length, 0);
      },
    );
  });
});

describe('a failure', () => {
  const failures: [status: number, body: unknown, code: string][] = [
    [401, { id: 'unauthorized', message: 'Unable to authenticate you' }, 'tokenRejected'],
    [403, { id: 'forbidden', message: 'You are not authorized' }, 'tokenForbidden'],
    [409, { id: 'conflict', message: 'taken' }, 'cloudRefused'],
    [422, { id: 'unprocessable_entity', message: 'Name is invalid', request_id: 'req-7' }, 'cloudRefused'],
  ];
  for (const [status, body, code] of failures) {
    it(`with status ${status} is ${code}, in the API's own words`, async () => {
      await withLab(
        (_, response) => json(response, status, body),
        async (lab, cloud) => {
          const error = await rejection(cloud.createTag('t'));

          assert.equal(error.code, code);
          assert.match(error.message, /Unable to authenticate|not authorized|taken|Name is invalid \(request req-7\)/);
          assert.equal(lab.seen.length, 1);
        },
      );
    });
  }

  it('404 of the account means that the token is unknown', async () => {
    await withLab(
      (_, response) => json(response, 404, { id: 'not_found', message: 'not found' }),
      async (_, cloud) => {
        assert.equal((await rejection(cloud.getAccount())).code, 'tokenRejected');
        assert.equal(await cloud.getDroplet(5), undefined);
        await cloud.deleteDroplet(5);
        assert.equal((await rejection(cloud.actOnDroplet(5, 'power_on'))).code, 'notFound');
      },
    );
  });

  it('has the token nowhere: not in its message, its cause, its stack or what inspect shows', async () => {
    const ways: Answer[] = [
      (_, response) => json(response, 422, { id: 'x', message: `bad ${TOKEN}` }),
      (_, response) => json(response, 401, { id: 'x', message: 'no' }),
      (_, __, socket) => socket.resetAndDestroy(),
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.2/' }).end(),
    ];
    for (const way of ways) {
      await withLab(way, async (_, cloud) => {
        for (const call of [cloud.createTag('t'), cloud.getAccount()]) {
          const error = await rejection(call);
          assert.doesNotMatch(inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error), /dop_v1/);
        }
      });
    }
  });
});

describe('a read', () => {
  it('is repeated with growing pauses while the API fails', async () => {
    let left = 3;
    await withLab(
      (_, response) =>
        left-- > 0 ? json(response, 503, { id: 'x', message: 'busy' }) : json(response, 200, { account }),
      async (lab, cloud, clock) => {
        assert.equal((await cloud.getAccount()).uuid, 'u1');
        assert.deepEqual(clock.waitsMs, [1_000, 2_000, 4_000]);
        assert.equal(lab.seen.length, 4);
      },
    );
  });

  it('waits as long as a rate limit says, but not for an hour', async () => {
    const headers = [{ 'retry-after': '7' }, { 'ratelimit-reset': '1700003600', 'ratelimit-remaining': '0' }];
    let count = 0;
    await withLab(
      (_, response) => json(response, 429, { id: 'too_many_requests', message: 'slow down' }, headers[count++]),
      async (lab, cloud, clock) => {
        const error = await rejection(cloud.getAccount());

        assert.equal(error.code, 'rateLimited');
        assert.match(error.message, /3600 seconds/);
        assert.deepEqual(clock.waitsMs, [7_000]);
        assert.equal(lab.seen.length, 2);
      },
    );
  });

  it('of a reply that breaks off is repeated, then badReply', async () => {
    await withLab(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '900' });
        response.write('{"account":{"uuid":', () => response.destroy());
      },
      async (lab, cloud) => {
        assert.equal((await rejection(cloud.getAccount())).code, 'badReply');
        assert.equal(lab.seen.length, 4);
      },
    );
  });

  const unreadable: [what: string, type: string, text: string][] = [
    ['a web page', 'text/html', '<html>Sign in to the hotel</html>'],
    ['half a JSON text', 'application/json', '{"account":{"uuid":"u'],
    ['another shape', 'application/json', '{"account":{"uuid":7}}'],
    ['nothing', 'application/json', ''],
  ];
  for (const [what, type, text] of unreadable) {
    it(`that gets ${what} is badReply`, async () => {
      await withLab(
        (_, response) => response.writeHead(200, { 'content-type': type }).end(text),
        async (_, cloud) => {
          assert.equal((await rejection(cloud.getAccount())).code, 'badReply');
        },
      );
    });
  }

  it('is never redirected with the token', async () => {
    const thief = await startLab((_, response) => json(response, 200, { account }));
    await withLab(
      (_, response) => response.writeHead(302, { location: `${thief.origin}/v2/account` }).end(),
      async (_, cloud) => {
        const error = await rejection(cloud.getAccount());
        assert.deepEqual([error.code, error.remedy, thief.seen.length], ['badReply', 'openSettings', 0]);
      },
    );
    await thief.close();
  });

  it('does not go through a proxy named in the environment, which would be given the token in the clear', async () => {
    const thief = await startLab((_, response) => json(response, 200, { account }));
    process.env['http_proxy'] = thief.origin;
    try {
      await withLab(
        (_, response) => json(response, 200, { account }),
        async (lab, cloud) => {
          await cloud.getAccount();
          assert.deepEqual([lab.seen.length, thief.seen.length], [1, 0]);
        },
      );
    } finally {
      delete process.env['http_proxy'];
      await thief.close();
    }
  });

  it('of a server that never answers ends at its deadline; of one that is not there is cloudUnavailable', async () => {
    await withLab(
      () => undefined,
      async (_, cloud) => {
        assert.equal((await rejection(cloud.getAccount())).code, 'cloudUnavailable');
      },
      15,
    );
    assert.equal((await rejection(cloudAt('http://127.0.0.1:1', TOKEN).getAccount())).code, 'cloudUnavailable');
  });

  it('of an endless reply is cut', async () => {
    await withLab(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = (): void => {
          if (!response.destroyed) {
            response.write(Buffer.alloc(1 << 20, 'x'), more);
          }
        };
        more();
      },
      async (_, cloud) => {
        assert.equal((await rejection(cloud.listSizes())).code, 'badReply');
      },
    );
  });

  it('that is cancelled rejects with the reason at once', async () => {
    await withLab(
      () => undefined,
      async (_, cloud) => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 10);
        await assert.rejects(cloud.getAccount(controller.signal), { name: 'AbortError' });
        await assert.rejects(cloud.getAccount(AbortSignal.abort()), { name: 'AbortError' });
      },
    );
  });
});

describe('a POST', () => {
  const request = {
    names: ['deis-1'],
    regionSlug: 'nyc3',
    sizeSlug: '512mb',
    image: 'coreos-stable',
    sshKeyIds: [1],
    tags: ['t'],
    userData: '#cloud-config',
  };
  const ways: [what: string, answer: Answer][] = [
    ['whose reply is lost after the effect', (_, __, socket) => socket.resetAndDestroy()],
    ['whose reply comes too late', () => undefined],
    ['that the API failed on', (_, response) => json(response, 500, { id: 'server_error', message: 'oops' })],
    [
      'whose reply breaks off',
      (_, response) => void response.writeHead(202, { 'content-length': '90' }).write('{', () => response.destroy()),
    ],
    [
      'whose reply is a web page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    ],
    ['whose reply has another shape', (_, response) => json(response, 202, { droplets: [{ id: 'one' }] })],
  ];
  for (const [what, answer] of ways) {
    it(`${what} is outcomeUnknown and is not made again`, async () => {
      await withLab(
        answer,
        async (lab, cloud, clock) => {
          assert.equal((await rejection(cloud.createDroplets(request))).code, 'outcomeUnknown');
          assert.equal(lab.seen.length, 1);
          assert.deepEqual(clock.waitsMs, []);
        },
        what.includes('late') ? 500 : undefined, // the server has seen it by then, also when the machine is busy
      );
    });
  }

  it('that could not be sent at all is cloudUnavailable: nothing can have happened', async () => {
    const error = await rejection(cloudAt('http://127.0.0.1:1', TOKEN).createDroplets(request));
    assert.equal(error.code, 'cloudUnavailable');
  });

  it('that the rate limit refused had no effect, and is made again after the time that it names', async () => {
    let count = 0;
    await withLab(
      (_, response) =>
        (count += 1) === 1
          ? json(response, 429, { id: 'x', message: 'slow down' }, { 'retry-after': '3' })
          : json(response, 202, { droplets: [droplet(1)] }),
      async (lab, cloud, clock) => {
        assert.equal((await cloud.createDroplets(request)).length, 1);
        assert.deepEqual([lab.seen.length, clock.waitsMs], [2, [3_000]]);
      },
    );
  });

  it('that the rate limit refuses for long is left, with the time after which to try again', async () => {
    await withLab(
      (_, response) => json(response, 429, { id: 'x', message: 'slow down' }, { 'retry-after': '1800' }),
      async (lab, cloud) => {
        const error = await rejection(cloud.createDroplets(request));
        assert.deepEqual([error.code, lab.seen.length], ['rateLimited', 1]);
        assert.match(error.message, /Try again in 1800 seconds/);
      },
    );
  });

  it('of more than ten names, or of more than 64 KiB of user data, is refused before it is sent', async () => {
    const names = Array.from({ length: 11 }, (_, index) => `deis-${index}`);
    const cloud = cloudAt('http://127.0.0.1:1', TOKEN);
    assert.equal((await rejection(cloud.createDroplets({ ...request, names }))).code, 'invalidInput');
    const userData = 'é'.repeat(33_000);
    assert.equal((await rejection(cloud.createDroplets({ ...request, userData }))).code, 'invalidInput');
  });
});
