import assert from 'node:assert/strict';
import type { ClusterSnapshot } from '../../src/core/model/snapshot';
import type { Billed, Operator, PowerOffForecast } from '../../src/core/operator';
import type { Services } from '../../src/services';
import { clearToken } from '../../src/ui/commands/clearToken';
import { destroyCluster } from '../../src/ui/commands/destroyCluster';
import { powerCommand } from '../../src/ui/commands/power';
import { LazyOperator } from '../../src/ui/lazyOperator';
import { Target } from '../../src/ui/target';
import { answerBoxes } from './window';

const cluster: ClusterSnapshot = {
  id: 'deis-aaaaa',
  name: 'deis-aaaaa',
  provider: 'digitalocean',
  state: 'atRisk',
  summary: '3 of 5 etcd members are up; none may fail',
  nodes: [1, 2, 3].map((n) => ({ name: `deis-${n}`, dropletId: n, state: 'ready', etcd: 'follower' })),
  units: [],
  missingUnits: [],
  steps: [],
  cost: { hourly: 0.0372, monthly: 25, sinceCreation: 1 },
};

/** A core that writes down what it is asked to do. */
class FakeCore {
  readonly done: string[] = [];
  readonly secrets = new Map([['digitalocean/token', 'dop_v1_x']]);
  billed: Billed[] | Error = [];
  forecast: PowerOffForecast = {
    membersUpAfter: 4,
    members: 5,
    remainingTolerance: 1,
    breaksQuorum: false,
    sentence: 'After this 4 of 5 etcd members are up; 1 more may fail.',
  };

  get services(): Services {
    const operator: Partial<Operator> = {
      snapshots: () => [cluster],
      onDidChange: () => ({ dispose: () => undefined }),
      forecastPowerOff: () => Promise.resolve(this.forecast),
      listBilled: () => (this.billed instanceof Error ? Promise.reject(this.billed) : Promise.resolve(this.billed)),
      power: (_id, node, verb) => this.#note(`${verb} ${node}`),
      destroy: (id) => this.#note(`destroy ${id}`),
    };
    const services: Partial<Services> = {
      operator: new LazyOperator(
        () => Promise.resolve(operator as Operator), // Only what these commands use.
        () => Promise.resolve(true),
      ),
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      secrets: {
        get: (key) => Promise.resolve(this.secrets.get(key)),
        store: () => Promise.resolve(),
        delete: (key) => Promise.resolve(void this.secrets.delete(key)),
      },
    };
    return services as Services;
  }

  #note(what: string): Promise<void> {
    this.done.push(what);
    return Promise.resolve();
  }
}

describe('Before something is lost, the user is asked', () => {
  let core: FakeCore;
  let boxes: ReturnType<typeof answerBoxes>;
  const answer = (...answers: (string | undefined)[]): void => {
    boxes = answerBoxes(...answers);
  };
  const onNode = { by: 'hand', target: new Target('deis-aaaaa', 'deis-2') } as const;
  beforeEach(() => (core = new FakeCore()));
  afterEach(() => boxes.restore());

  it('with the arithmetic and the price, before a node loses its power', async () => {
    answer('Power Off');

    await powerCommand('power_off')(core.services, { ...onNode });

    assert.deepEqual(core.done, ['power_off deis-2']);
    assert.match(boxes.shown[0]?.text ?? '', /After this 4 of 5 etcd members are up; 1 more may fail/);
    assert.match(boxes.shown[0]?.text ?? '', /still billed/);
  });

  it('and nothing happens when the box is closed', async () => {
    answer(undefined);

    await powerCommand('power_off')(core.services, { ...onNode });

    assert.deepEqual(core.done, []);
  });

  describe('when quorum would break', () => {
    beforeEach(() => {
      const sentence = 'After this 2 of 5 etcd members are up; 3 are needed.';
      core.forecast = { ...core.forecast, membersUpAfter: 2, remainingTolerance: -1, breaksQuorum: true, sentence };
    });

    it('the node stays on unless its very name is typed', async () => {
      answer('Power Off Anyway…', 'deis-3');

      await powerCommand('power_off')(core.services, { ...onNode });

      assert.deepEqual(core.done, []);
      assert.match(boxes.shown[0]?.text ?? '', /This breaks quorum/);
      assert.equal(boxes.shown[1]?.kind, 'showInputBox');
    });

    it('the node is powered off for who types it', async () => {
      answer('Power Off Anyway…', 'deis-2');

      await powerCommand('power_off')(core.services, { ...onNode });

      assert.deepEqual(core.done, ['power_off deis-2']);
    });
  });

  it('to type the name of a cluster that shall go, with the price that ends', async () => {
    answer('deis-aaaa');
    await destroyCluster(core.services, { by: 'hand', target: new Target('deis-aaaaa') });
    assert.deepEqual(core.done, []);
    assert.match(boxes.shown[0]?.text ?? '', /deletes 3 droplets .* for good/);
    assert.match(boxes.shown[0]?.text ?? '', /\$0\.037 an hour \(\$25 a month\) ends with it/);
    boxes.restore();

    answer('deis-aaaaa');
    await destroyCluster(core.services, { by: 'hand', target: new Target('deis-aaaaa') });
    assert.deepEqual(core.done, ['destroy deis-aaaaa']);
  });

  it('also for a cluster that only the account knows', async () => {
    answer('deis-zzzzz');

    await destroyCluster(core.services, { by: 'hand', target: new Target('deis-zzzzz') });

    assert.deepEqual(core.done, ['destroy deis-zzzzz']);
    assert.match(boxes.shown[0]?.text ?? '', /no records/);
  });

  describe('when the token is cleared', () => {
    const alive = { clusterId: 'deis-aaaaa', droplets: 5, hourly: 0.0372, monthly: 25 };

    it('it just goes when nothing is billed', async () => {
      answer();

      await clearToken(core.services, { by: 'hand' });

      assert.equal(core.secrets.size, 0);
      assert.deepEqual(
        boxes.shown.map(({ kind }) => kind),
        ['showInformationMessage'],
      );
    });

    it('droplets that are alive are named with their price, and the token stays unless the user insists', async () => {
      core.billed = [alive];
      answer(undefined);

      await clearToken(core.services, { by: 'hand' });

      assert.equal(core.secrets.size, 1);
      assert.match(boxes.shown[0]?.text ?? '', /5 droplets of deis-aaaaa cost \$0\.037 an hour \(\$25 a month\)/);
      assert.deepEqual(boxes.shown[0]?.buttons, ['Destroy First', 'Clear Token Anyway']);
    });

    it('it goes when the user insists', async () => {
      core.billed = [alive];
      answer('Clear Token Anyway');

      await clearToken(core.services, { by: 'hand' });

      assert.equal(core.secrets.size, 0);
    });

    it('it is said when the account does not tell what it bills', async () => {
      core.billed = new Error('no network');
      answer(undefined);

      await clearToken(core.services, { by: 'hand' });

      assert.equal(core.secrets.size, 1);
      assert.match(boxes.shown[0]?.text ?? '', /does not say what is billed/);
    });
  });
});
