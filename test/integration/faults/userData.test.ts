import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ClusterError, ErrorCode } from '../../../src/core/errors';
import type { ClusterSpec } from '../../../src/core/model/cluster';
import type { Operator } from '../../../src/core/operator';
import { context } from '../core/window';
import type { Meddling } from './proxy';
import { changeUserData, failure, NOTHING, one, SMALL, World, type UserDataChange } from './world';

const withoutFile =
  (path: string): UserDataChange =>
  ({ write_files: files }) =>
    void files.splice(
      files.findIndex((file) => file['path'] === path),
      1,
    );
const withoutUnit =
  (name: string): UserDataChange =>
  ({ coreos: { units } }) =>
    void units.splice(
      units.findIndex((unit) => unit['name'] === name),
      1,
    );

/** What is left out of the nodes' user data, and what the create says then. */
const CASES: readonly {
  what: string;
  prefix: string;
  change: UserDataChange;
  hasPlatform: boolean;
  code: ErrorCode;
  says: RegExp;
}[] = [
  {
    what: 'get_image',
    prefix: 'image',
    change: withoutFile('/run/deis/bin/get_image'),
    hasPlatform: true,
    code: 'unitFailed',
    says: /^deis-[\w@.-]+\.service is .* on \w+-\d .*get_image.*Resume the setup/s,
  },
  {
    what: '/etc/deis-release',
    prefix: 'release',
    change: withoutFile('/etc/deis-release'),
    hasPlatform: true,
    code: 'unitFailed',
    says: /^deis-[\w@.-]+\.service is .* on \w+-\d .*deis-release.*Resume the setup/s,
  },
  {
    what: 'deisctl',
    prefix: 'ctl',
    change: withoutUnit('install-deisctl.service'),
    hasPlatform: true,
    code: 'timedOut',
    says: /No node could install deisctl from http:\/\/deis\.io.*deis\.deisctl\.installerUrl/,
  },
  {
    what: 'the discovery URL',
    prefix: 'lonely',
    change: ({ coreos: { etcd2 } }) => delete etcd2['discovery'],
    hasPlatform: false,
    code: 'quorumLost',
    says: /etcd on \w+-\d has formed with 1 members? instead of 3.*Destroy the cluster/,
  },
  {
    what: 'a swap file that is one',
    prefix: 'swap',
    change: ({ write_files: files }) => void files.push({ path: '/var/vm/swap-4096mb', content: 'no swap' }),
    hasPlatform: false,
    code: 'timedOut',
    says: /swapon\.service has not turned swap on on \w+-\d: .*Resume the setup/,
  },
];

/** Clusters are created side by side: the minutes for which each of them waits pass together. */
describe('a create whose nodes lack', { timeout: 120_000 }, () => {
  const world = new World();
  let operator: Operator;
  const errors = new Map<string, ClusterError>();
  const spec = ({ prefix, hasPlatform }: (typeof CASES)[number]): ClusterSpec => ({
    ...SMALL,
    ...{ prefix, installPlatform: hasPlatform },
  });

  before(async () => {
    const changes = new Map(CASES.map(({ prefix, change }) => [prefix, change]));
    // At full speed so many polls in no time would be more than the API allows.
    const meddling: Meddling = {
      request: (method, where, body) => changeUserData(method, where, body, changes),
    };
    operator = await world.openMeddled(meddling, { practiceSpeed: 120 });
    const create = async (prefix: string): Promise<void> => {
      const found = CASES.find((one) => one.prefix === prefix);
      if (found !== undefined) errors.set(prefix, await failure(operator.create(spec(found), context())));
    };
    // In three lanes: units that crash for ever are much work for one process.
    const lanes = [['ctl'], ['lonely', 'swap'], ['image', 'release']];
    await Promise.all(
      lanes.map(async (lane) => {
        for (const prefix of lane) await create(prefix);
      }),
    );
  });
  after(() => world.dispose());

  for (const { what, prefix, code, says } of CASES) {
    it(`${what} fails for that reason, with something to do next`, () => {
      const error = errors.get(prefix);
      assert.equal(error?.code, code, error?.message);
      assert.match(error.message, says);
      assert.notEqual(error.remedy, 'showLog');
      const steps = operator.snapshots().find(({ id }) => id.startsWith(`${prefix}-`))?.steps;
      assert.equal(steps?.find(({ state }) => state === 'failed')?.detail, error.message);
    });
  }

  it('any of these makes nothing twice, and can be destroyed', async () => {
    const { droplets, ...others } = await world.holdings();
    assert.deepEqual(droplets, CASES.flatMap((each) => one(spec(each)).droplets).sort());
    assert.deepEqual(others, { keys: CASES.length, firewalls: CASES.length, tags: CASES.length });

    await Promise.all(operator.snapshots().map(({ id }) => operator.destroy(id, context())));
    assert.deepEqual(await world.holdings(), NOTHING);
  });
});
