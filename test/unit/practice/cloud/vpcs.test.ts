import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CloudStore } from '../../../../src/practice/cloud/store';
import { Vpcs } from '../../../../src/practice/cloud/vpcs';
import { createRandom } from '../../../../src/practice/random';
import { MemoryState } from '../support/fakeKernel';
import { Lab } from './support';

function open(cloud: object = {}): Vpcs {
  const state = new MemoryState(JSON.stringify([['cloud', cloud]]));
  return new Vpcs(new CloudStore(state), createRandom(state, 'test'));
}

const NOW = Date.UTC(2016, 7, 1);
const addresses = (vpcs: Vpcs, id: string, count: number): string[] =>
  Array.from({ length: count }, () => vpcs.takeAddress(id));

describe('private networks of the practice cloud', () => {
  it('of a state that was written when there were only default ones are what they were', () => {
    const written = { id: 'v', account: 'a', regionSlug: 'nyc3', createdAt: NOW, octet: 130, nextHost: 9 };
    const vpcs = open({ vpcs: [written] });
    const vpc = vpcs.ensure('a', 'nyc3', NOW);

    assert.deepEqual([vpc.id, vpc.name, vpc.range, vpc.isDefault], ['v', 'default-nyc3', '10.130.0.0/16', true]);
    assert.equal(vpcs.takeAddress('v'), '10.130.0.9');
  });

  it('of different accounts and regions have ranges of their own, away from those that are taken', () => {
    const vpcs = open();
    const ranges: string[] = [];
    for (let index = 0; index < 110; index += 1) ranges.push(vpcs.ensure(`a${index}`, 'nyc3', NOW).range);

    assert.equal(new Set(ranges).size, ranges.length);
    for (const taken of [229, 244, 245, 246]) assert.ok(!ranges.includes(`10.${taken}.0.0/16`));
  });

  it('leave out the first and the last address, and what looks like them to people', () => {
    const vpcs = open();
    const small = vpcs.create('a', { name: 's', regionSlug: 'nyc3', description: '', range: '192.168.0.0/28' }, NOW);
    const large = vpcs.create('a', { name: 'l', regionSlug: 'nyc3', description: '', range: '10.1.0.0/16' }, NOW);

    assert.equal(vpcs.room(small.id), 13);
    assert.deepEqual(
      [addresses(vpcs, small.id, 13)[0], addresses(vpcs, large.id, 254).slice(-2)],
      [...['192.168.0.2', ['10.1.0.254', '10.1.1.1']]],
    );
  });

  it('give no address twice, though two accounts may have chosen the same range', async () => {
    const lab = new Lab();
    const { droplets, vpcs, accounts } = lab.cloud;
    const request = { name: 'same', regionSlug: 'nyc3', description: '', range: '10.1.0.0/28' };
    const made = [lab.account, accounts.put({ name: 'Other', tokens: [] })].flatMap((account) =>
      droplets.create(account, {
        ...{
          names: ['node'],
          region: 'nyc3',
          size: '512mb',
          image: 'coreos-stable',
          sshKeys: [],
          tags: [],
          userData: '',
        },
        ...{ hasMonitoring: false, vpc: vpcs.create(account.uuid, request, NOW).id },
      }),
    );
    await lab.timeline.sleep(120_000);
    lab.timeline.dispose();

    assert.deepEqual(
      made.map(({ droplet }) => droplet.privateAddress),
      ['10.1.0.2', '10.1.0.3'],
    );
    assert.throws(
      () => vpcs.create(lab.account.uuid, { ...request, name: 'again' }, NOW),
      /overlaps with another VPC network/,
    );
  });
});
